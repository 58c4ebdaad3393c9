"""The web map: one file, no outside request."""
