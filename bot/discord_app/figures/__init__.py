"""What a server can look back on: figures and the audit log."""
