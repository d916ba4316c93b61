"""Footnote on a terminal: the default where there is no Discord token. Never imports Discord or the store.

The person at the terminal is everybody at once: who posts, who reads the notes and who moderates.
"""
