"""Brokers' pages over watch; comes with the desk's own issue, on the functions of watch.review."""
