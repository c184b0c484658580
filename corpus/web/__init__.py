"""Addresses of the web: fetched, checked and read."""
