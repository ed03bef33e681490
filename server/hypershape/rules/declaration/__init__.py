"""HS1xx: the declaration of the search space."""
