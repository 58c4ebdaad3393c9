"""SCH: schema and codes."""
