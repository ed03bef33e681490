"""HS3xx: the training step fails."""
