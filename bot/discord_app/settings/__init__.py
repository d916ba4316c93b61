"""A server's settings, and the walk through them."""
