"""Facts in other people's formats, read and written: ClaimReview, packs, CSV. May import ``domain`` only."""
