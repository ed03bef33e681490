"""Command lines that nobody typed: what a script must be given is a stand-in, what has a default has it."""

from __future__ import annotations

import argparse
import functools
from typing import Any

from .standins import Assumption, stand_in


def install(assumption: Assumption) -> None:
    """Lets scripts that must be started with arguments be read without any, in the place of an earlier job's."""
    parser = argparse.ArgumentParser
    parse = getattr(parser.parse_known_args, "of_the_library", parser.parse_known_args)

    @functools.wraps(parse)
    def parse_known_args(self: Any, args: Any = None, namespace: Any = None) -> Any:
        if args is not None:
            return parse(self, args, namespace)
        needed = [action for action in self._actions if action.required]
        for action in needed:
            action.required = False
        try:
            given, others = parse(self, args, namespace)
        finally:
            for action in needed:
                action.required = True
        for action in needed:
            if getattr(given, action.dest, None) is None and action.dest != argparse.SUPPRESS:
                setattr(given, action.dest, stand_in(f"args.{action.dest}", assumption))
        return given, others

    parse_known_args.of_the_library = parse  # type: ignore[attr-defined]
    parser.parse_known_args = parse_known_args  # type: ignore[method-assign]
