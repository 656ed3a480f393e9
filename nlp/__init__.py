"""Items x needs -> matches; pure: no disk, no database, no network."""
