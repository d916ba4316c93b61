"""What moderators rule on: cards with their buttons, the list of what waits, and what was decided by itself."""
