"""Settings shared by all scripts."""
N_FEATURES = 24
CLASSES = ["stays", "leaves", "unknown"]
SEQUENCE = (12, N_FEATURES)
