"""SRC: reading."""
