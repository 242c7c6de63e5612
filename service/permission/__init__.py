"""Who may call what, and what stands more open than it should."""
