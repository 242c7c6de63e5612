"""The record of calls: what was claimed, sent and answered, in SQL."""
