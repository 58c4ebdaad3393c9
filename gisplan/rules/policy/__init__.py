"""POL: renewal policy and mode."""
