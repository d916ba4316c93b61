"""Composing notes. Pure: imports the domain only."""
