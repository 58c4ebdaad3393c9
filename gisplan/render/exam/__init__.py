"""What a city exam (城市体检) is written as."""
