"""The front door: the command line over watch."""
