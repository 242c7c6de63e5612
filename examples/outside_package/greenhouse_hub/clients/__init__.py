"""What the hub imports, by the entry point."""
