"""Files -> raw layers: formats, archives, encodings and CRS as found. Never guesses silently."""
