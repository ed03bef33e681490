from .tune import search
