"""Which hub does the work of an integration: the lease, its holder, and who ought to hold it."""
