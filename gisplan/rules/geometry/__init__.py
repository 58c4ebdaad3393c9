"""GEO: geometry within a layer."""
