"""Prefect over watch; the only code that knows Prefect."""
