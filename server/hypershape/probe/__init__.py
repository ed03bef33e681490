"""The server's side of the agent: asyncio in, reports out."""

from hypershape.probe.agent import Agent, AgentFailed, Job, Limits, SliceFailed, State
from hypershape.probe.cache import Cache

__all__ = ["Agent", "AgentFailed", "Cache", "Job", "Limits", "SliceFailed", "State"]
