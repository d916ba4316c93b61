"""What is for every member."""
