"""What ``footnote bench soak`` runs: a stream that arrives on schedule, the program under it, and what is counted."""
