"""What is said of a search is what the real search does, with Keras Tuner's own draws and real training."""

from collections.abc import Callable, Iterator

import pytest

from tests.thinned import one_row_of

from .searches import Seen, Told, script, seen, telling

pytestmark = pytest.mark.tensorflow

UNDER_A_SCOPE = """
kernel = 3
deep = hp.Boolean("deep")
with hp.conditional_scope("deep", [True]):
    if deep:
        kernel = hp.Int("kernel", 9, 12)
"""
IN_A_BRANCH = """
kernel = 3
if hp.Boolean("deep", default=True):
    kernel = hp.Int("kernel", 1, 12)
"""


@pytest.fixture(scope="module")
def told() -> Iterator[Callable[[str], Told]]:
    yield from telling()


@pytest.mark.parametrize(
    ("body", "tuner", "arguments", "says"),
    one_row_of(
        2,
        [
            ('kernel = hp.Int("kernel", 1, 12)', "RandomSearch", "max_trials=6, seed=3", None),
            (
                'kernel = hp.Int("kernel", 6, 12)',
                "RandomSearch",
                "max_trials=7, seed=5, max_retries_per_trial=1, max_consecutive_failed_trials=2",
                None,
            ),
            (IN_A_BRANCH, "RandomSearch", "max_trials=6, seed=2", None),
            (
                'kernel = hp.Int("kernel", 5, 20)',
                "GridSearch",
                "max_trials=15",
                "3 of the 7 trials after which",
            ),
            (
                'kernel = hp.Int("kernel", 8, 40)',
                "Hyperband",
                "max_epochs=3, factor=3, seed=2",
                "3 of the 3 trials after which the search aborts",
            ),
            (
                'kernel = hp.Int("kernel", 1, 12)',
                "Hyperband",
                "max_epochs=3, factor=3, seed=2",
                "2 of your 5",
            ),
        ],
    ),
)
def test_a_search_that_draws_nothing_or_has_a_seed_goes_as_is_told(
    body: str, tuner: str, arguments: str, says: str | None, told: Callable[[str], Told]
) -> None:
    text = script(body, tuner, arguments)
    finding, (fate,) = told(text)
    assert fate.exact
    assert seen(text) == Seen(
        round(fate.trials), round(sum(fate.failed)), "aborted" if fate.aborted else "finished"
    )
    assert says is None or says in finding.message


@pytest.mark.parametrize("body", [UNDER_A_SCOPE, 'kernel = hp.Int("kernel", 1, 12, default=12)'])
def test_a_failure_that_the_constructor_builds_keeps_the_search_from_beginning(
    body: str, told: Callable[[str], Told]
) -> None:
    text = script(body, "RandomSearch", "max_trials=8")
    finding, _ = told(text)
    assert seen(text).end == "refused"
    assert "no search begins" in finding.message
