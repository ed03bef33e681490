"""When models are trained for real, for which nobody asked: what `hypershape.device.mode` says."""

from __future__ import annotations

from dataclasses import replace

from hypershape.lsp import power
from hypershape.model import Analysis, Options

ON_BATTERY = "The search is rehearsed when the machine is plugged in, or by Try Again."
ON_DEMAND = "The search is rehearsed by Try Again."


def reason(mode: str, asked: bool) -> str | None:
    """Why nothing is trained now, in a sentence; None where it may be, or never is."""
    if asked or mode == "off":
        return None
    if mode == "onDemand":
        return ON_DEMAND
    return ON_BATTERY if power.on_battery() else None


def rested(options: Options, mode: str, reason: str | None) -> Options:
    """The options without what trains: for good, or for now, where what was trained before still counts."""
    if mode == "off" and options.level in ("auto", "device"):
        return replace(options, level="symbolic")
    if reason is None:
        return options
    return replace(options, level="auto" if options.level == "device" else options.level, plays=False)


def is_put_off(analysis: Analysis) -> bool:
    """Whether there are searches that might have been played."""
    return any(target.rehearsals_cut for target in analysis.targets)
