"""Faults in user code: it crashes, hangs, floods, leaks, forges, breaks what it is given. Each is some statements.

They happen when the file is run, in the build function of one configuration of three, or in a layer that it calls.
"""

from __future__ import annotations

import textwrap

BODIES = {
    # It ends.
    "exits": "raise SystemExit(3)",
    "exits at once": "os._exit(3)",
    "quits": "quit()",
    "aborts": "os.abort()",
    "crashes": "ctypes.string_at(0)",
    "overflows the stack of C": "sys.setrecursionlimit(10**7); f = lambda n: f(n + 1); f(0)",
    "recurses": "def f(n): return f(n + 1)\nf(0)",
    "compares recursively": "a = []; a.append(a); b = []; b.append(b); a == b",
    "ends by a signal": "os.kill(os.getpid(), 15)",
    "ends by an alarm": "signal.signal(signal.SIGALRM, signal.SIG_DFL); signal.alarm(1); time.sleep(9)",
    "is stopped": "os.kill(os.getpid(), signal.SIGSTOP)",
    "replaces itself": "ctypes.CDLL(None).execl(b'/bin/true', b'true', None)",
    "ends when it ends": "import atexit; atexit.register(os._exit, 9); raise SystemExit",
    "interrupts itself": "raise KeyboardInterrupt",
    "leaves a generator": "raise GeneratorExit",
    # It hangs.
    "loops": "while True: pass",
    "loops and catches": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "loops in C": "sum(range(10**12))",
    "loops in a regular expression": "import re; re.match('(a+)+$', 'a' * 40 + 'b')",
    "loops in NumPy": "import numpy\nwhile True: numpy.ones(10**6).sum()",
    "computes a large power": "10 ** 10 ** 9",
    "sleeps": "time.sleep(600)",
    "sleeps without alarms": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64)); time.sleep(600)",
    "waits for input": "input()",
    "waits for a pipe": "os.read(os.pipe()[0], 1)",
    "waits for a lock": "import threading; l = threading.Lock(); l.acquire(); l.acquire()",
    "waits for a thread": "import threading; threading.Thread(target=time.sleep, args=(600,)).start()",
    "waits for a process": "if os.fork() == 0: time.sleep(600)\nos.wait()",
    "waits for an event": "import asyncio; asyncio.run(asyncio.sleep(600))",
    "waits for nobody's queue": "import multiprocessing as m; m.get_context('fork').Queue().get()",
    "waits for a pipe with a name": "os.mkfifo('pipe'); open('pipe')",
    "ignores alarms": "signal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass",
    "takes the alarm away": "signal.setitimer(signal.ITIMER_REAL, 0)\nwhile True: pass",
    "hangs when it is collected": "class A:\n    def __del__(self):\n        while True: pass\nA()",
    "hangs when it is shown": "class A(Exception):\n    def __str__(self):\n        while True: pass\nraise A",
    # It grows.
    "takes memory": "x = [bytearray(2**28) for _ in range(64)]; time.sleep(9)",
    "takes memory slowly": "x = []\nwhile True: x.append(bytearray(10**7))",
    "takes memory in a list": "x = [0] * 10**10",
    "takes descriptors": "x = []\nwhile True: x.append(os.open('/dev/null', 0))",
    "takes threads": "import threading\nfor i in range(5000): threading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
    "takes processes": "while True:\n    if os.fork() == 0: time.sleep(99); os._exit(0)",
    "fills its folder": "f = open('big', 'wb')\nwhile True: f.write(bytes(10**7))",
    "makes many files": "for i in range(3000): open('f%d' % i, 'w').close()",
    "makes deep folders": "for i in range(300):\n    os.mkdir('d'); os.chdir('d')",
    "makes folders that nobody may enter": "os.makedirs('a/b'); open('a/b/c', 'w').close(); os.chmod('a/b', 0); os.chmod('a', 0)",
    # It prints.
    "prints a flood": "print('flood ' * 10**6)",
    "prints without end": "while True: print('x' * 1000)",
    "prints bytes that are no text": "os.write(1, bytes(range(256)) * 40)",
    "prints a header": "print('Content-Length: 3\\r\\n\\r\\n{}!')",
    "prints half a surrogate": "print('\\udcff'.encode('utf-8', 'surrogateescape'))",
    "writes to every descriptor": "for fd in range(3, 256):\n    try: os.write(fd, b'garbage\\r\\n')\n    except OSError: pass",
    "closes every descriptor": "os.closerange(0, 256)",
    "closes its streams": "sys.stdout.close(); sys.stderr.close(); sys.stdin.close()",
    "has no streams": "sys.stdout = sys.stderr = sys.stdin = None",
    "puts another file in their place": "os.dup2(os.open('/dev/null', 1), 1); os.dup2(os.open('/dev/null', 1), 2)",
    # It breaks what it is given.
    "forges an answer": "forge(b'A', {'jsonrpc': '2.0', 'id': 1, 'result': {'error': None}})",
    "forges a report": "forge(b'N', {'jsonrpc': '2.0', 'method': 'job/reports', 'params': {'job': 1, 'reports': [{}], 'traces': {}}})",
    "forges a report without sense": "forge(b'N', {'jsonrpc': '2.0', 'method': 'job/reports', 'params': {'job': 1, 'reports': 3, 'traces': 4}})",
    "forges an end of the agent": "forge(b'N', {'jsonrpc': '2.0', 'method': 'shutdown', 'id': 1})",
    "forges a large frame": "forge(b'N', {'x': 'y' * 10**7})",
    "forges a length": "raw(b'HSN' + bytes([255] * 8))",
    "forges half a frame": "raw(b'HSN\\0\\0')",
    "shuts the channel": "for s in channels(): s.shutdown(2)",
    "reads the channel": "for s in channels(): s.recv(10**6)",
    "changes Keras": "keras.layers.Dense.__init__ = None; keras.Sequential.add = None",
    "changes a builtin": "import builtins; builtins.len = None; builtins.isinstance = lambda *a: True",
    "changes the time": "time.monotonic = time.time = time.process_time = lambda: 0.0",
    "changes JSON": "import json; json.dumps = lambda *a, **k: 1 / 0",
    "changes the modules": "sys.modules.clear()",
    "changes the path": "sys.path.clear(); sys.meta_path.clear()",
    "sets a trace": "sys.settrace(lambda *a: 1 / 0)",
    "sets a profile": "sys.setprofile(lambda *a: 1 / 0)",
    "turns the collector off": "import gc; gc.disable(); gc.set_threshold(1)",
    "changes the environment": "os.environ.clear()",
    "changes the folder": "os.chdir('/')",
    "deletes its folder": "import shutil; shutil.rmtree(os.getcwd(), ignore_errors=True)",
    "changes the locale": "import locale; locale.setlocale(locale.LC_ALL, 'C')",
    "changes the warnings": "import warnings; warnings.simplefilter('error'); warnings.warn('x')",
    "hooks every error": "sys.excepthook = lambda *a: os._exit(1); 1 / 0",
    "raises an error without words": "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
    "raises an endless chain": "e = ValueError(); e.__cause__ = e; raise e",
    "raises a large error": "raise ValueError('x' * 10**7)",
    "raises a group": "raise ExceptionGroup('g', [ValueError(str(i)) for i in range(1000)]) if sys.version_info > (3, 11) else ValueError",
    "raises what is no error": "raise 3",
    "lowers its limits": "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))",
    "lowers its memory": "import resource; resource.setrlimit(resource.RLIMIT_AS, (1, 1)); bytearray(10**8)",
    "lowers its processor time": "import resource; resource.setrlimit(resource.RLIMIT_CPU, (0, 0))",
}  # fmt: skip

PRELUDE = """
import ctypes, os, signal, sys, time
import keras

def channels():
    import socket, stat
    found = []
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode): found.append(socket.socket(fileno=fd))
        except OSError: pass
    return found

def raw(data):
    for s in channels(): s.sendall(data)

def forge(kind, message):
    import json, struct, zlib
    body = json.dumps(message).encode()
    raw(struct.pack('!2scII', b'HS', kind, len(body), zlib.crc32(body)) + body)

def fault():
{body}
    return 1
"""

AT_THE_TOP = """
N = fault()

def build_model(hp):
    units = hp.Int("units", 1, 4)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units * N)])
    model.compile(loss="mse")
    return model
"""
IN_BUILD = """
def build_model(hp):
    units = hp.Int("units", 1, 4)
    if units == 3:
        fault()
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])
    model.compile(loss="mse")
    return model
"""
PLACES = {"when it is run": AT_THE_TOP, "in one model": IN_BUILD}


def faults() -> dict[str, str]:
    """Every fault as a file whose space, without it, builds."""
    return {
        f"{name} {place}": PRELUDE.replace("{body}", textwrap.indent(body, "    ")) + rest
        for place, rest in PLACES.items()
        for name, body in BODIES.items()
    }


CONFIGURATIONS = [{"units": 2}, {"units": 3}, {"units": 4}]


def misjudged(name: str, verdicts: list[str]) -> list[str]:
    """What is wrong with the verdicts over `CONFIGURATIONS` of a file whose code does something for the second alone."""
    if name.endswith("in one model") and verdicts[::2] != ["ok", "ok"]:
        return [f"verdicts: {', '.join(verdicts)}"]
    return []
