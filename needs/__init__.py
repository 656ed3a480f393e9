"""Need maps: read, write, check."""
