"""HER: heritage."""
