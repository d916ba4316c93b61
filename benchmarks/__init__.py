"""Scripts that measure Footnote. Run them from the top of a checkout; never imported by the bot."""
