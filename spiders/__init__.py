"""Bytes to captures to items: fetching publishers politely and parsing what they sent."""
