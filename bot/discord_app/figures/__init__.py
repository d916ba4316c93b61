"""What a server can look back on: figures, the audit log, questions that no fact answers."""
