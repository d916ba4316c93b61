"""The review queue's rules, pure: what may happen to an item, what rulings add up to. Imports the domain only."""
