"""What a probe's code may do to the machine: nothing, by whichever way; and what it does beside its own file is undone."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hypershape.agent import guard, kernel

from .engine_child import in_child

CHANGES = {
    "os.chflags": "sys.audit('os.chflags', victim, 0)",
    "os.chmod": "os.chmod(victim, 0o600)",
    "os.chmod of an open file": "os.fchmod(os.open(victim, os.O_RDONLY), 0o600)",
    "os.chmod of a file that is not open": "os.fchmod(999, 0o600)",
    "os.chown": "os.chown(victim, os.getuid(), os.getgid() + 1)",
    "os.link from": "os.link(victim, inside + '/second')",
    "os.link to": "open(inside + '/own', 'w').close(); os.link(inside + '/own', folder + '/new')",
    "os.mkdir": "os.mkdir(folder + '/new')",
    "os.mkdir in an open folder": "os.mkdir('new', dir_fd=os.open(folder, os.O_RDONLY))",
    "os.remove": "os.remove(victim)",
    "os.remove in an open folder": "os.remove('thesis.txt', dir_fd=os.open(folder, os.O_RDONLY))",
    "os.remove of a device": "sys.audit('os.remove', os.devnull, -1)",
    "os.removexattr": "sys.audit('os.removexattr', victim, 'user.a')",
    "os.rename from": "os.rename(victim, inside + '/mine')",
    "os.rename of scratch": "os.rename(inside, inside + '2')",
    "os.rename to": "open(inside + '/own', 'w').close(); os.rename(inside + '/own', victim)",
    "os.replace to": "open(inside + '/own', 'w').close(); os.replace(inside + '/own', victim)",
    "os.rmdir": "os.rmdir(folder + '/logs')",
    "os.setxattr": "sys.audit('os.setxattr', victim, 'user.a', b'', 0)",
    "os.symlink": "os.symlink(inside, folder + '/new')",
    "os.truncate": "os.truncate(victim, 0)",
    "os.utime": "os.utime(victim, (0, 0))",
    "open": "open(victim, 'w')",
    "open by fopen": "import ssl; ssl.create_default_context().keylog_filename = folder + '/new'",
    "open by a path object": "import io, pathlib; io.FileIO(pathlib.Path(victim), 'a')",
    "open through a link": "os.symlink(victim, inside + '/link'); open(inside + '/link', 'a')",
    "open for appending alone": "os.open(victim, os.O_APPEND | os.O_WRONLY)",
    "sqlite3.connect": "import sqlite3; sqlite3.connect(folder + '/new.db').execute('create table t(a)')",
    "sqlite3.connect by address, which may change": (
        "import sqlite3; sqlite3.connect('file:' + folder + '/new.db?immutable=0', uri=True)"
    ),
    "sqlite3.connect by address": "import sqlite3; sqlite3.connect('file:' + folder + '/new.db', uri=True)",
}
NOTHING_ELSE = {
    *("os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "os.system", "pty.spawn", "subprocess.Popen"),
    *("sqlite3.load_extension", "ftplib.connect", "http.client.connect", "smtplib.connect", "socket.connect"),
    *("socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request"),
}
ALLOWED = {
    "a file in scratch": "open(inside + '/a', 'w').write('x')",
    "a temporary folder and its end": "import shutil, tempfile; shutil.rmtree(tempfile.mkdtemp())",
    "a temporary file for other programs": "assert os.environ['TMPDIR'] == inside",
    "a link in scratch is removed": "os.symlink(victim, inside + '/l'); os.remove(inside + '/l')",
    "reading": "assert open(victim).read() == 'mine'",
    "reading a database": "import sqlite3; sqlite3.connect('file:' + victim + '?mode=ro', uri=True)",
    "a database in memory": "import sqlite3; sqlite3.connect(':memory:').execute('create table t(a)')",
    "reading by number": "assert os.read(os.open(victim, os.O_RDONLY), 9) == b'mine'",
    "reading a database that never changes": (
        "import sqlite3; sqlite3.connect('file:' + victim + '?immutable=1', uri=True)"
    ),
    "a database in memory by address": "import sqlite3; sqlite3.connect('file::memory:', uri=True)",
    "a named database in memory": "import sqlite3; sqlite3.connect('file:/x?mode=memory', uri=True)",
    "a temporary database": "import sqlite3; sqlite3.connect('').execute('create table t(a)')",
    "a database in scratch": "import sqlite3; sqlite3.connect(inside + '/db').execute('create table t(a)')",
    "a folder beside the code's own in scratch": "os.chdir(inside); os.mkdir('own')",
    "no bytecode beside a module": "assert sys.dont_write_bytecode",
    "the rights of a pipe": "os.fchmod(os.pipe()[1], 0o600)",
    "no device": "open(os.devnull, 'w').write('x')",
    "a pipe": "os.fdopen(os.pipe()[1], 'w').write('x')",
}
NATIVE = {
    "open": "libc.open(victim, os.O_WRONLY | os.O_TRUNC)",
    "make": "libc.open(folder + b'/new', os.O_WRONLY | os.O_CREAT, 0o600)",
    "truncate": "libc.truncate(victim, 0)",
    "unlink": "libc.unlink(victim)",
    "rmdir": "libc.rmdir(folder + b'/logs')",
    "mkdir": "libc.mkdir(folder + b'/new', 0o700)",
    "rename away": "libc.rename(victim, inside + b'/mine')",
    "rename over": "open(inside + b'/own', 'w').close(); libc.rename(inside + b'/own', victim)",
    "link": "libc.link(victim, inside + b'/second') and 0 or open(inside + b'/second', 'w')",
    "symlink": "libc.symlink(inside, folder + b'/new')",
    "mknod": "libc.mknod(folder + b'/new', 0o10600, 0)",
}


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    folder, inside = tmp_path / "user", tmp_path / "agent" / "7"
    (folder / "logs").mkdir(parents=True)
    (folder / "thesis.txt").write_text("mine")
    (tmp_path / "agent").mkdir()
    return {"inside": str(inside), "victim": str(folder / "thesis.txt"), "folder": str(folder)}


def state(folder: str) -> list[Any]:
    """Everything about a folder that a probe could change."""
    found: list[Any] = []
    for path in sorted(Path(folder).rglob("*")):
        status = path.lstat()
        content = path.read_text() if path.is_file() else ""
        found.append((path.name, content, status.st_mode, status.st_mtime_ns, status.st_gid, status.st_nlink))
    return found


def run(code: str, places: dict[str, str], folder: str | None = None, with_kernel: bool = False) -> str:
    """What code raises in a child behind the guard, as the name of a type, and what is said about it."""

    def work() -> str:
        guard.install(places["inside"], folder, *(() if with_kernel else (False,)))
        try:
            exec(textwrap.dedent(code), {"os": os, "sys": sys, **places})
        except BaseException as error:
            return f"{type(error).__name__} {guard.refusal(error) or error}"
        return "nothing"

    return str(in_child(work))


@pytest.mark.parametrize("code", CHANGES.values(), ids=CHANGES)
def test_each_way_to_change_a_file_is_refused_by_name(code: str, places: dict[str, str]) -> None:
    before = state(places["folder"])
    assert run(code, places).startswith("Refused Hypershape does not let a probe")
    assert state(places["folder"]) == before


@pytest.mark.parametrize("event", sorted(NOTHING_ELSE))
def test_programs_and_the_network_are_refused(event: str, places: dict[str, str]) -> None:
    assert "Hypershape does not let a probe" in run(f"sys.audit({event!r}, 1, 2, 3)", places)


@pytest.mark.parametrize(
    "code",
    [
        "import subprocess\ntry: subprocess.run(['nvidia-smi'])\nexcept FileNotFoundError: pass",
        "import urllib.request, urllib.error\ntry: urllib.request.urlopen('http://localhost:9')\nexcept OSError: pass",
        "import socket\ntry: socket.create_connection(('127.0.0.1', 9))\nexcept ConnectionError: pass",
    ],
    ids=["program", "address", "connection"],
)
def test_code_that_does_without_a_program_or_a_network_goes_on(code: str, places: dict[str, str]) -> None:
    assert run(code, places) == "nothing"


@pytest.mark.parametrize(
    "code",
    ["os.kill(os.getppid(), 9)", "os.kill(-1, 9)", "os.killpg(os.getpgid(os.getppid()), 9)", "os.kill(0, 9)"],
)
def test_signals_to_other_processes_are_refused(code: str, places: dict[str, str]) -> None:
    assert "send signals" in run(code, places)


def test_signals_to_what_the_code_has_started_are_left_alone(places: dict[str, str]) -> None:
    code = """
        import multiprocessing
        context = multiprocessing.get_context("fork")
        multiprocessing.current_process()._config["daemon"] = False
        pool = context.Pool(2)
        pool.terminate()
        pool.join()
        os.kill(os.getpid(), 0)
    """
    assert run(code, places) == "nothing"


def test_every_entry_of_the_guard_has_its_test() -> None:
    tested = {name.partition(" ")[0].replace("os.replace", "os.rename") for name in CHANGES}
    assert tested | NOTHING_ELSE | {"os.kill", "os.killpg"} == {
        *guard.CHANGED,
        *guard.PROGRAMS,
        *guard.NETWORK,
        *guard.SIGNALS,
        "open",
        "sqlite3.connect",
    }
    both = [event for event, ends in guard.CHANGED.items() if len(ends) > 1]
    assert both == ["os.link", "os.rename"]


@pytest.mark.parametrize("with_kernel", [False, True], ids=["hook", "kernel too"])
@pytest.mark.parametrize("code", ALLOWED.values(), ids=ALLOWED)
def test_ordinary_work_is_left_alone(code: str, places: dict[str, str], with_kernel: bool) -> None:
    assert run(code, places, with_kernel=with_kernel) == "nothing"


@pytest.fixture
def _fence() -> Iterator[None]:
    if not kernel.fence_version():
        pytest.skip("this kernel has no Landlock")
    yield


@pytest.mark.usefixtures("_fence")
@pytest.mark.parametrize("code", NATIVE.values(), ids=NATIVE)
def test_what_a_library_does_past_python_is_stopped_by_the_kernel(code: str, places: dict[str, str]) -> None:
    before = state(places["folder"])
    native = "import ctypes\nlibc = ctypes.CDLL(None)\n"
    names = "inside, victim, folder = map(os.fsencode, (inside, victim, folder))\n"
    run(native + names + code, places, with_kernel=True)
    assert state(places["folder"]) == before


@pytest.mark.usefixtures("_fence")
@pytest.mark.parametrize(
    "code",
    [
        "import h5py; h5py.File(folder + '/new.h5', 'w')",
        "import sqlite3; sqlite3.connect(folder + '/new.db').execute('create table t(a)')",
        "os.kill(os.getppid(), 0)",
    ],
    ids=["HDF5", "SQLite", "signals"],
)
def test_a_refusal_of_the_kernel_is_told_as_one(code: str, places: dict[str, str]) -> None:
    assert "Hypershape does not let a probe" in run(code, places, with_kernel=True)
    assert sorted(path.name for path in Path(places["folder"]).iterdir()) == ["logs", "thesis.txt"]


@pytest.mark.usefixtures("_fence")
def test_a_database_can_be_read_where_the_kernel_keeps_it(places: dict[str, str]) -> None:
    import sqlite3

    with sqlite3.connect(places["folder"] + "/data.db") as database:
        database.execute("create table t(a)")
        database.execute("insert into t values (3)")
    code = "import sqlite3; assert sqlite3.connect(folder + '/data.db').execute('select a from t').fetchall() == [(3,)]"
    assert run(code, places, with_kernel=True) == "nothing"


@pytest.fixture
def _layer(places: dict[str, str]) -> Iterator[None]:
    if not in_child(kernel.lay_over, places["folder"], places["inside"]):
        pytest.skip("this system lets nobody put a layer over a folder")
    yield


@pytest.mark.usefixtures("_fence", "_layer")
def test_code_works_in_the_folder_of_its_file_and_leaves_nothing_there(places: dict[str, str]) -> None:
    before = state(places["folder"])
    code = """
        import h5py, shutil, sqlite3
        open("thesis.txt", "a").write(" too")
        assert open(victim).read() == "mine too"
        os.remove(victim)
        os.makedirs("logs/run/1")
        shutil.rmtree("logs")
        os.mkdir("new"); os.rename("new", "newer")
        assert sorted(os.listdir(folder)) == ["newer"]
        h5py.File("new.h5", "w").close()
        sqlite3.connect("new.db").execute("create table t(a)")
        os.chmod("new.db", 0o600)
    """
    assert run(code, places, places["folder"], with_kernel=True) == "nothing"
    assert state(places["folder"]) == before


@pytest.mark.usefixtures("_fence", "_layer")
def test_a_layer_opens_no_way_around_it(places: dict[str, str]) -> None:
    before = state(places["folder"])
    unmount = "import ctypes\nctypes.CDLL(None).umount2(os.fsencode(folder), 2)\nopen(victim, 'w').write('x')"
    run(unmount, places, places["folder"], with_kernel=True)
    assert state(places["folder"]) == before


@pytest.mark.usefixtures("_layer")
def test_nothing_is_left_of_a_job(places: dict[str, str]) -> None:
    run("open('new', 'w')", places, places["folder"], with_kernel=True)
    assert Path(places["inside"]).exists()
    kernel.clear(places["inside"])
    assert not Path(places["inside"]).exists()


def test_a_folder_that_holds_the_scratch_folder_gets_no_layer(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    assert in_child(kernel.lay_over, str(tmp_path), str(tmp_path / "scratch")) is False


@pytest.mark.parametrize("error", [ValueError("x"), FileNotFoundError(2, "x"), IsADirectoryError(21, "x")])
def test_an_error_of_the_user_s_own_is_no_refusal(error: Exception) -> None:
    assert guard.refusal(error) is None


def test_a_refusal_is_found_behind_the_error_that_it_became() -> None:
    try:
        try:
            raise guard.Refused("Hypershape does not let a probe write files: /a")
        except OSError as error:
            raise ValueError("cannot save") from error
    except ValueError as error:
        assert guard.refusal(error) == "Hypershape does not let a probe write files: /a."


def test_a_file_without_end_is_stopped_and_is_no_fault(
    places: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "LARGEST_FILE", 1 << 20)
    code = "f = open(inside + '/big', 'wb')\nwhile True: f.write(bytes(1 << 16))"
    assert "There is no room" in run(code, places)
    assert Path(places["inside"], "big").stat().st_size <= 1 << 20


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_no_fault(number: int) -> None:
    assert guard.refusal(OSError(number, "full")) is not None


def test_one_job_after_the_other_can_use_the_same_folders(places: dict[str, str]) -> None:
    code = "open(inside + '/a', 'w').write('x')"
    assert [run(code, places) for _ in range(2)] == ["nothing", "nothing"]


@pytest.mark.parametrize("with_kernel", [False, True], ids=["hook", "kernel too"])
def test_a_folder_that_is_gone_is_no_reason_to_fail(places: dict[str, str], with_kernel: bool) -> None:
    assert run("", places, places["folder"] + "/gone", with_kernel) == "nothing"


def test_without_a_layer_nothing_is_written_beside_the_file(places: dict[str, str]) -> None:
    before = state(places["folder"])
    code = "assert os.getcwd() == folder\nopen('new', 'w')"
    assert run(code, places, places["folder"]).startswith("Refused")
    assert state(places["folder"]) == before


def test_what_is_missing_without_a_fence_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "fence_version", lambda: 3)
    assert guard.unfenced() is None
    monkeypatch.setattr(kernel, "fence_version", lambda: 0)
    said = guard.unfenced()
    assert said is not None and "only Python's own file functions are watched" in said


WRITE_NATIVELY = """
    import ctypes
    there = os.path.join(%s, "compiled")
    ctypes.CDLL(None).open(os.fsencode(there), os.O_WRONLY | os.O_CREAT, 0o600)
    assert os.path.exists(there) is %s
"""


@pytest.mark.usefixtures("_fence")
@pytest.mark.parametrize(
    ("variable", "folder"),
    [("CUDA_CACHE_PATH", "cache"), ("HOME", ".nv/ComputeCache"), ("CUDA_MPS_PIPE_DIRECTORY", "cache")],
)
def test_compiled_kernels_are_kept_where_cuda_keeps_them(
    variable: str, folder: str, places: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CUDA_CACHE_PATH", "CUDA_MPS_PIPE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    kept = tmp_path / folder
    kept.mkdir(parents=True)
    monkeypatch.setenv(variable, str(tmp_path if variable == "HOME" else kept))
    if variable == "CUDA_CACHE_PATH":
        (tmp_path / "nowhere" / ".nv" / "ComputeCache").mkdir(parents=True)
    code = WRITE_NATIVELY % (repr(str(kept)), True)
    assert (
        run(code + f"    assert os.environ.get({variable!r}) == {os.environ[variable]!r}", places, None, True)
        == "nothing"
    )
    assert "caches" not in run("raise KeyError(os.environ.get('CUDA_CACHE_PATH'))", places, None, True)
    assert run(WRITE_NATIVELY % ("folder", False), places, None, True) == "nothing"


@pytest.mark.usefixtures("_fence")
def test_compiled_kernels_go_to_the_agents_own_folder_where_cuda_has_none(
    places: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CUDA_CACHE_PATH", "CUDA_MPS_PIPE_DIRECTORY"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    assert run(WRITE_NATIVELY % ("os.environ['CUDA_CACHE_PATH']", True), places, None, True) == "nothing"
    assert (tmp_path / "agent" / "caches" / "compiled").exists()


def of_module(name: str, module: str) -> type[Exception]:
    return type(name, (Exception,), {"__module__": module})


DENIED = of_module("PermissionDeniedError", "tensorflow.python.framework.errors_impl")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        *((OSError(number, "x"), True) for number in (errno.EACCES, errno.EPERM, errno.EROFS)),
        *((OSError(number, "x"), True) for number in (errno.EXDEV, errno.EOVERFLOW)),
        *((sqlite3.OperationalError(words), True) for words in ("attempt to write a readonly database",)),
        *(
            (sqlite3.OperationalError(words), True)
            for words in ("unable to open database file", "disk I/O error")
        ),
        (sqlite3.OperationalError("no such table: t"), False),
        (sqlite3.IntegrityError("disk I/O error"), False),
        (of_module("OperationalError", "mine")("disk I/O error"), False),
        (DENIED("/a; Permission denied"), True),
        (of_module("PermissionDeniedError", "mine")("/a"), False),
        (of_module("NotFoundError", "tensorflow.python.framework.errors_impl")("/a"), False),
    ],
    ids=repr,
)
def test_only_what_a_barrier_answers_is_a_refusal(error: Exception, told: bool) -> None:
    assert (guard.refusal(error) is not None) is told


def test_a_long_refusal_is_cut() -> None:
    said = guard.refusal(DENIED("x" * 400))
    assert said == f"Hypershape does not let a probe change files (PermissionDeniedError: {'x' * 300})."


def test_a_refusal_is_found_behind_whatever_an_error_came_from() -> None:
    refused = guard.Refused("Hypershape does not let a probe write files: /a")
    caused, met = ValueError("x"), ValueError("x")
    caused.__cause__, caused.__context__ = refused, KeyError("y")
    met.__context__ = refused
    assert guard.refusal(caused) == guard.refusal(met) == str(refused) + "."


def test_errors_that_came_from_each_other_are_looked_through_once() -> None:
    one, other = ValueError("x"), ValueError("y")
    one.__cause__, other.__cause__ = other, one
    assert guard.refusal(one) is None


@pytest.mark.parametrize("event", [guard.STARTS_ON_WINDOWS, *sorted(guard.REGISTRY)])
def test_what_windows_alone_announces_is_refused(event: str, tmp_path: Path) -> None:
    watch = guard._hook([str(tmp_path)], False)
    watch("winreg.OpenKey", ())
    with pytest.raises(guard.Refused):
        watch(event, ())
