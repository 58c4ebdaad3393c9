"""The rules, one file each, by family. A rule reads on one screen and sees only tables."""
