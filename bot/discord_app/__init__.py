"""Discord: the only room that imports discord. Knows the services, and neither the store nor the console."""
