"""Installs the agent's sources from memory and starts it; the first code that runs in the user's interpreter.

Written in the common part of Python 2 and 3, so that an interpreter that is too old can still say so.
"""

import binascii
import json
import os
import sys
import zlib

OLDEST = (3, 9)

QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    "MPLBACKEND": "Agg",
}
"""Fewer log lines, never the whole GPU, no windows; what the user has set stays."""


CHOSEN = "HYPERSHAPE_PROCESSES"
"""The environment variable that says how processes for jobs come to be: `fork` or `spawn`."""

LINE = "eval(input()) # hypershape"
"""The line of Python that a process is started with: it reads a line and evaluates it."""

CODE = "@eval\r@input\rclass\x0chypershape:0"
"""The same for a start command of which nobody knows what becomes of its words: `ssh` joins them for a shell.

Nothing in it means anything to a shell, however many there are on the way: decorators call without brackets, a
carriage return ends a line of Python as well, and a form feed is a space.
"""

_PROGRAM = (
    "import sys;sys.path[:]=[p for p in sys.path if p];import binascii,os,zlib;"
    "'msvcrt' in sys.builtin_module_names and [__import__('msvcrt').setmode(n,os.O_BINARY) for n in (0,1,2)];"
    "exec(compile(zlib.decompress(binascii.a2b_base64('%s')),'<hypershape>','exec'))"
)
"""`python -c` searches the working directory first: from there nothing is imported, not even by this line."""


def forks():
    # type: () -> bool
    """Whether jobs run in forks of one process; else each runs in an interpreter of its own."""
    if not hasattr(os, "fork"):
        return False
    # Apple's libraries forbid to go on in a fork of a process that has used them.
    usual = "spawn" if sys.platform == "darwin" else "fork"
    return (os.environ.get(CHOSEN) or usual) != "spawn"


def payload(sources, environment, spare=None):
    # type: (dict[str, str], dict[str, str], object) -> bytes
    """The line that LINE and CODE evaluate, which calls `start` with these arguments.

    Whoever sends it sends nothing more before it is answered: Python reads as much ahead as there is.
    """
    arguments = [json.dumps(json.dumps(each)) for each in (sources, environment, spare)]
    call = "start(%s)" % ", ".join("json.loads(%s)" % each for each in arguments)
    packed = zlib.compress((sources["loader"] + "\n" + call + "\n").encode("utf-8"), 1)
    program = _PROGRAM % binascii.b2a_base64(packed).decode("ascii").strip()
    return ("eval(compile(%r, '<hypershape>', 'exec'))\n" % str(program)).encode("ascii")


def _working_directory():
    try:
        return os.getcwd()
    except OSError:
        # It was removed: nothing is imported from there.
        return ""


def start(sources, environment, spare=None):
    """Runs the agent until its standard input closes, or a spare process of it (`spares.main`).

    `sources` maps each module's name inside the package to its text; `environment` is added to `os.environ`.
    """
    os.environ.update(environment)
    for name in QUIET:
        os.environ.setdefault(name, QUIET[name])
    # PyTorch's threads do not survive the fork of a job: it would wait for them, and shapes need none.
    os.environ["OMP_NUM_THREADS"] = "1"
    # A user's keras_tuner.py in the working directory would be taken for the package.
    sys.path[:] = [place for place in sys.path if place not in ("", _working_directory())]
    if sys.version_info < OLDEST:
        refuse(
            "Python %d.%d is too old: Hypershape probes with Python %d.%d or later."
            % (sys.version_info[:2] + OLDEST)
        )
        return
    install(sources)
    from hypershape.agent import masking, spares, zygote

    # Before Keras is imported, which reads the environment: what reads a variable is recorded later.
    os.environ.update(masking.masked(os.environ, environment))
    # What the agent sets for itself is not the script's to change.
    own = list(QUIET)
    own += ["OMP_NUM_THREADS", CHOSEN]
    if spare is not None:
        spares.main(own, spare)
    else:
        zygote.main(own, sources, environment)


def install(sources):
    """Makes `hypershape.agent` and its modules importable from `sources`, before anything on disk."""
    import importlib.abc
    import importlib.util

    package = "hypershape.agent"
    texts = {"hypershape": "", package: sources["__init__"]}
    for name in sources:
        if name != "__init__":
            texts[package + "." + name] = sources[name]

    class FromMemory(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
        def find_spec(self, name, path=None, target=None):
            if name not in texts:
                return None
            return importlib.util.spec_from_loader(name, self, is_package=self.is_package(name))

        def is_package(self, name):
            return name in ("hypershape", package)

        def get_source(self, name):
            return texts[name]

        def get_code(self, name):
            return compile(texts[name], "<" + name + ">", "exec")

    sys.meta_path.insert(0, FromMemory())


def refuse(problem):
    """Answers `initialize` with an environment in which no probe can run, and every other request likewise."""
    environment = {
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "executable": sys.executable,
        "problem": problem,
    }
    os.write(1, b"\r\n" + framed({"jsonrpc": "2.0", "method": "agent/hello", "params": environment}))
    incoming = os.fdopen(0, "rb")
    while True:
        size = 0
        while True:
            line = incoming.readline()
            if not line:
                return
            if line.startswith(b"Content-Length:"):
                size = int(line.split(b":")[1])
            if size and not line.strip():
                break
        message = json.loads(incoming.read(size).decode("utf-8"))
        if "id" in message:
            os.write(1, framed({"jsonrpc": "2.0", "id": message["id"], "result": environment}))


def framed(message):
    body = json.dumps(message).encode("utf-8")
    return ("Content-Length: %d\r\n\r\n" % len(body)).encode("ascii") + body
