"""HS2xx: the model does not build."""
