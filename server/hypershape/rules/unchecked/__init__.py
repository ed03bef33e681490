"""HS9xx: what could not be checked."""
