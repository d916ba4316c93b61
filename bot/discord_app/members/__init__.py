"""What every member can do: rate notes, say "not what I said", ask for a fact-check, see and erase what is kept."""
