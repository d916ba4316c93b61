"""What Footnote does, one verb a file. Imports the pure rooms and the ports, never a database or a platform."""
