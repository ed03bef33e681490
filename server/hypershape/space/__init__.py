"""The search space: what to probe next, how much is known, and which condition explains the failures."""

from hypershape.space.explorer import Explorer, contains
from hypershape.space.held import cannot_matter
from hypershape.space.layers import layer_rows, merge_shapes
from hypershape.space.odds import Odds, search_odds

__all__ = ["Explorer", "Odds", "cannot_matter", "contains", "layer_rows", "merge_shapes", "search_odds"]
