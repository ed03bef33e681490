"""HS0xx: the environment in which the search is to run."""
