"""The HTTP side: its server, its routes, and what keeps strangers out."""
