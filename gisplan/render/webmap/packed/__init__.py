"""Layers too large for lists in JSON: integers, compressed, written as text into the page."""
