"""The city exam (城市体检): indicators, what they are held to, and where problems went."""
