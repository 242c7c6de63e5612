"""Whom the hub calls: one file for each integration; ``_x.py`` is kernel, ``x.py`` a client."""
