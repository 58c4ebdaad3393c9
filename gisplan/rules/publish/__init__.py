"""PUB: publication."""
