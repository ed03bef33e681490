"""The server's side of the agent: asyncio in, reports out."""

from hypershape.probe.agent import (
    FIRST_SECONDS,
    PATIENCE,
    Agent,
    AgentFailed,
    Job,
    Limits,
    SliceFailed,
    State,
)
from hypershape.probe.cache import Cache
from hypershape.probe.elsewhere import Folders
from hypershape.probe.moving import placed

__all__ = [
    "FIRST_SECONDS",
    "PATIENCE",
    "Agent",
    "AgentFailed",
    "Cache",
    "Folders",
    "Job",
    "Limits",
    "SliceFailed",
    "State",
    "placed",
]
