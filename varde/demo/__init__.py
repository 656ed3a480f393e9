"""The demo: an invented but realistic week, its companies, its feeds and its scripted brokers."""
