"""One file a format. A renderer decides nothing and trusts no text."""
