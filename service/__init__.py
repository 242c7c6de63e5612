"""The process: bus, ownership, routing, keys, store, HTTP, command line."""
