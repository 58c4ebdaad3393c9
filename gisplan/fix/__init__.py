"""`gisplan fix`: mends what is safe to mend in a plan, and tells each change."""
