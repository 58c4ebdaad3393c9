"""BND: boundaries and control lines down the chain."""
