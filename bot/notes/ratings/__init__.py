"""What members' ratings make of a note. Pure: imports the domain and numpy only."""
