"""Whatever a client says, the next request is answered and the next edit gets its verdict."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.faults import protocol
from tests.faults.client import TEXT, Client
from tests.faults.trials import EVERYTHING, some

STEPS = int(os.environ.get("HYPERSHAPE_PROTOCOL_STEPS", "1000"))
NAMES = list(protocol.faults(""))


class Clients:
    """One server for all, and a new one where a test has ended it."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._last = 9

    def now(self) -> Client:
        if self._client is None or self._client.process.poll() is not None:
            self._client = Client(trusted=False)
        return self._client

    def is_right(self) -> bool:
        self._last = 19 - self._last
        return self.now().is_right(self._last)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    clients = Clients()
    yield clients
    clients.close()


@pytest.mark.parametrize("name", some(NAMES))
def test_the_server_goes_on(name: str, clients: Clients) -> None:
    client = clients.now()
    client.write(protocol.faults(client.uri)[name])
    right = clients.is_right() and client.process.poll() is None
    if not right:
        # The next fault meets a server that nothing has happened to.
        clients.close()
    assert right


def test_a_session_that_begins_twice_keeps_its_documents(clients: Clients) -> None:
    again = clients.now().ask("initialize", {"capabilities": {}, "processId": None, "rootUri": None})
    assert "error" in again
    assert clients.is_right()


def test_there_are_a_hundred() -> None:
    assert len(NAMES) >= 100


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**6) | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("uri", "textDocument", "position", "line", "character", "range", "start", "end", "text", "x")
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def test_after_any_order_of_things_said_the_server_goes_on(clients: Clients) -> None:
    class Conversation(RuleBasedStateMachine):
        @rule(name=st.sampled_from(NAMES))
        def says_what_it_should_not(self, name: str) -> None:
            clients.now().write(protocol.faults(clients.now().uri)[name])

        @rule(
            method=st.sampled_from((*protocol.REQUESTS, *protocol.NOTIFICATIONS)),
            params=_JSON,
            asks=st.booleans(),
        )
        def says_anything(self, method: str, params: Any, asks: bool) -> None:
            number = {"id": f"h {method}"} if asks else {}
            clients.now().say({"jsonrpc": "2.0", "method": method, "params": params, **number})

        @rule(line=st.integers(0, 9), character=st.integers(0, 40), text=st.text(max_size=9))
        def types(self, line: int, character: int, text: str) -> None:
            place = {"line": line, "character": character}
            document = {"uri": clients.now().uri, "version": next(clients.now()._versions)}
            change = {"range": {"start": place, "end": place}, "text": text}
            clients.now().tell(
                "textDocument/didChange", {"textDocument": document, "contentChanges": [change]}
            )

        @rule()
        def closes_and_opens(self) -> None:
            client = clients.now()
            client.tell("textDocument/didClose", {"textDocument": {"uri": client.uri}})
            client.tell("textDocument/didOpen", client.opening(TEXT % 9))

        @rule(method=st.sampled_from(protocol.REQUESTS))
        def asks_and_takes_it_back(self, method: str) -> None:
            params = {"textDocument": {"uri": clients.now().uri}, "position": {"line": 3, "character": 18}}
            clients.now().say({"jsonrpc": "2.0", "id": "taken back", "method": method, "params": params})
            clients.now().tell("$/cancelRequest", {"id": "taken back"})

        def teardown(self) -> None:
            assert clients.is_right()
            assert clients.now().process.poll() is None

    steps = 50
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Conversation,
        settings=settings(
            max_examples=max(1, STEPS // steps),
            stateful_step_count=steps,
            deadline=None,
            derandomize=os.environ.get(EVERYTHING) != "all",
            suppress_health_check=list(HealthCheck),
        ),
    )
