"""Tools for testing rules and plans: the case runner, and the builder of the sample."""
