"""The truth of probes under every version of Keras and its backends that is promised."""
