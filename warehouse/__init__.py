"""What was observed and computed, in DuckDB; can be rebuilt from captures."""
