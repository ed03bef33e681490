"""What of the environment reaches the user's code: nothing that looks like a secret, and all else as it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hypershape.agent import masking
from hypershape.probe import interpreter


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("WANDB_API_KEY", "local-9f3a", "xxxxx-0x0x"),
        ("HF_TOKEN", "hf_Abc1", "xx_xxx0"),
        ("AWS_SECRET_ACCESS_KEY", "a/b+c=1", "x/x+x=0"),
        ("AWS_ACCESS_KEY_ID", "AKIA12", "xxxx00"),
        ("MYSQL_PASSWORD", "pässwörd", "xxxxxxxx"),
        ("KAGGLE_KEY", "0123456789abcdef", "0000000000xxxxxx"),
        ("SSH_AUTH_SOCK", "/tmp/ssh-Ab/agent.12", "/xxx/xxx-xx/xxxxx.00"),
        ("MLFLOW_TRACKING_URI", "https://me:pw1@box/runs", "https://xx:xx0@box/runs"),
    ],
)
def test_a_secret_keeps_its_form_only(name: str, value: str, seen: str) -> None:
    assert masking.masked({name: value}) == {name: seen}
    assert masking.masked({name: seen}) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PWD", "/home/me"),
        ("OBJECTIVE_KEY", "val_loss"),
        ("PYTHONHASHSEED", "0"),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("MONKEY", "see monkey do 1234567890"),
        ("KERAS_BACKEND", "jax"),
        ("HTTPS_PROXY", "http://box:3128"),
        ("GOOGLE_APPLICATION_CREDENTIALS", os.sep),
    ],
)
def test_what_is_no_secret_stays_as_it_is(name: str, value: str) -> None:
    assert masking.masked({name: value}) == {}


def test_what_a_script_sets_itself_is_not_masked() -> None:
    assert masking.masked({"API_KEY": "none"}, {"API_KEY": "none"}) == {}


def test_a_program_that_starts_the_interpreter_elsewhere_keeps_its_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent.1")
    assert interpreter.environment()["SSH_AUTH_SOCK"] == "/xxx/xxxxx.0"
    assert interpreter.environment(secrets=True)["SSH_AUTH_SOCK"] == "/run/agent.1"
