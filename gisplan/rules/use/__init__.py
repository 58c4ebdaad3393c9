"""USE: land use and intensity."""
