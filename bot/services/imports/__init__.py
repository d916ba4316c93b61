"""Facts that come in and go out: reviews and packs compared with what is there, joined, and undone by nobody's edit."""
