"""LST: lists and parents."""
