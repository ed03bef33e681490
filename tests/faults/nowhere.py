"""A Python as on a system that is neither Linux nor any other POSIX: what only those have is hidden from the agent.

The standard library and TensorFlow have loaded their own before. What stays untried this way is what Windows itself does.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hypershape.probe import bootstrap

HIDING = '''
import builtins, os, random, select, shutil, signal, subprocess, sys, tempfile, threading
import asyncio, concurrent.futures.thread, ctypes, logging, multiprocessing.util, selectors

MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "termios"}
KEPT_KILL = os.kill

class Hidden:
    """They are not there for the agent; TensorFlow for Linux may have them."""
    def find_spec(self, name, path=None, target=None):
        if name in MODULES and asks():
            raise ModuleNotFoundError("No module named %r" % name, name=name)

def asks():
    frame = sys._getframe(2)
    while frame is not None and "importlib" in frame.f_globals.get("__name__", ""):
        frame = frame.f_back
    return frame is not None and frame.f_globals.get("__name__", "").startswith("hypershape")

sys.meta_path.insert(0, Hidden())
for name in MODULES:
    sys.modules.pop(name, None)
for module, names in (
    (os, "fork forkpty setsid setpgid killpg getpgrp getpgid nice getuid geteuid getegid "
         "register_at_fork posix_spawn O_NOFOLLOW O_CLOEXEC O_PATH mkfifo set_blocking"),
    (signal, "SIGKILL SIGALRM SIGSTOP SIGCHLD setitimer ITIMER_REAL alarm pthread_kill"),
    (select, "poll epoll select"),
):
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
subprocess.Popen.kill = lambda self: KEPT_KILL(self.pid, 9)

def hiding(function):
    def instead(path, *more, **named):
        if isinstance(path, str) and path.startswith("/proc"):
            raise FileNotFoundError(path)
        return function(path, *more, **named)
    return instead

builtins.open = hiding(open)
for name in ("listdir", "scandir", "readlink", "stat", "lstat"):
    setattr(os, name, hiding(getattr(os, name)))
isdir = os.path.isdir
os.path.isdir = lambda path: not str(path).startswith("/proc") and isdir(path)
'''

PLATFORM = re.compile(r"\bsys\.platform\b(?!\.)")


def hide(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Agents that are started from now on run on such a system."""
    (folder / "sitecustomize.py").write_text(HIDING)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.delenv("HYPERSHAPE_PROCESSES", raising=False)
    elsewhere = {
        name: PLATFORM.sub('"nowhere"', text.replace("sys.platform.startswith", '"nowhere".startswith'))
        for name, text in bootstrap._sources().items()
    }
    monkeypatch.setattr(bootstrap, "_sources", lambda: elsewhere)
