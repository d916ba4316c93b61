"""A loopback double of Discord, and Footnote as a real process that talks to it."""
