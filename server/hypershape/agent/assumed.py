"""What is assumed of data that is not at hand: the agent makes such data, the server says which assumption is next."""

from __future__ import annotations

ASSUMPTIONS = (
    (2, 32),
    (4, 32),
    (3, 24),
    (4, 96),
    (2, 7),
    (5, 16),
    (4, 256),
    (3, 256),
    (5, 112),
    (3, 24, 2),
    (4, 96, 2),
)
"""Rank and size of missing arrays under each assumption; the last axis of images (rank 4 and 5) holds 3 channels.

The third number is the value of what stands alone, as a window of a pooling in a table of settings; else that of an axis.
"""
