"""From a post to the facts it is about, with confidence and reasons. Imports the domain only."""
