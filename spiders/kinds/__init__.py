"""Shapes shared by publishers: feed, JSON API, listing, XML dump."""
