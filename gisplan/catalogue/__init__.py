"""What is declared: tiers, layers, code lists, legal sources, the matrix, and the rule contract."""
