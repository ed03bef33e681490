"""Search spaces with one change each, and what Hypershape says of them beside what every configuration really does."""
