"""The seam to the broker: deliveries in, messages out, and the topology they need."""
