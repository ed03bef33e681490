"""The pipeline, written once: a document goes in, better and better analyses of it come out.

The language server and the command line both call `analyse`; neither knows how a target is found or probed.
"""

from hypershape.analysis.pipeline import analyse, run

__all__ = ["analyse", "run"]
