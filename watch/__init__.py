"""The use cases, where the rooms meet: plain functions that read like the work."""
