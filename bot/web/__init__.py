"""The only room that asks other machines for pages, and only where the operator allows it. May import ``domain``."""
