"""The words that two or more rooms share. Imports the standard library only."""
