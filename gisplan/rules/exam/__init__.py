"""EXM: city exam."""
