"""The only room that asks other machines for pages, where the operator allows it. May import ``domain`` only."""
