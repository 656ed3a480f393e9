"""Brokers' pages over watch: FastAPI, Jinja2 and one htmx, no build step."""
