"""Facts, found, written and tested by moderators."""
