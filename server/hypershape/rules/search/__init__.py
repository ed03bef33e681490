"""HS4xx: the tuner and its search."""
