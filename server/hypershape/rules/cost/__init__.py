"""HS5xx: what a model costs."""
