"""Supabase: tables, users and files of one project.

Addresses, keys, limits and probes are in `project.py`, the operations in `rows.py`, `users.py` and
`storage.py`.  https://supabase.com/docs/guides/api
"""

from clients.supabase import rows, storage, users


class Supabase(rows.Rows, users.Users, storage.Storage):
    """One Supabase project, seen by its secret key, past row-level security."""
