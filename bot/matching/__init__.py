"""From a post to the facts it is about, with confidence and reasons. Pure: imports the domain only."""
