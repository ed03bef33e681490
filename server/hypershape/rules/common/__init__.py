"""What several rules share; no rule stands here."""
