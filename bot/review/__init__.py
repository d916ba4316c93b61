"""The rules of the review queue and of what is learned from it. Pure: imports the domain alone."""
