"""The server's side of the agent: asyncio in, reports out."""

from hypershape.probe.agent import Agent, AgentFailed, Job, Limits, SliceFailed, State

__all__ = ["Agent", "AgentFailed", "Job", "Limits", "SliceFailed", "State"]
