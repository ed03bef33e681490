"""What a probe's code may do to the machine: nothing, by whichever way; and what it does beside its own file is undone."""

from __future__ import annotations

import os
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
    "os.chown": "os.chown(victim, os.getuid(), os.getgid() + 1)",
    "os.link from": "os.link(victim, inside + '/second')",
    "os.link to": "open(inside + '/own', 'w').close(); os.link(inside + '/own', folder + '/new')",
    "os.mkdir": "os.mkdir(folder + '/new')",
    "os.mkdir in an open folder": "os.mkdir('new', dir_fd=os.open(folder, os.O_RDONLY))",
    "os.remove": "os.remove(victim)",
    "os.remove in an open folder": "os.remove('thesis.txt', dir_fd=os.open(folder, os.O_RDONLY))",
    "os.removexattr": "sys.audit('os.removexattr', victim, 'user.a')",
    "os.rename from": "os.rename(victim, inside + '/mine')",
    "os.rename to": "open(inside + '/own', 'w').close(); os.rename(inside + '/own', victim)",
    "os.replace to": "open(inside + '/own', 'w').close(); os.replace(inside + '/own', victim)",
    "os.rmdir": "os.rmdir(folder + '/logs')",
    "os.setxattr": "sys.audit('os.setxattr', victim, 'user.a', b'', 0)",
    "os.symlink": "os.symlink(inside, folder + '/new')",
    "os.truncate": "os.truncate(victim, 0)",
    "os.utime": "os.utime(victim, (0, 0))",
    "open": "open(victim, 'w')",
    "open by a path object": "import io, pathlib; io.FileIO(pathlib.Path(victim), 'a')",
    "open through a link": "os.symlink(victim, inside + '/link'); open(inside + '/link', 'a')",
    "open for appending alone": "os.open(victim, os.O_APPEND | os.O_WRONLY)",
    "sqlite3.connect": "import sqlite3; sqlite3.connect(folder + '/new.db').execute('create table t(a)')",
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
        guard.install(places["inside"], folder, with_kernel)
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
    assert run(f"sys.audit({event!r}, 1, 2, 3)", places).startswith("Refused")


def test_every_entry_of_the_guard_has_its_test() -> None:
    tested = {name.partition(" ")[0].replace("os.replace", "os.rename") for name in CHANGES}
    assert tested | NOTHING_ELSE == {
        *guard.CHANGED,
        *guard.PROGRAMS,
        *guard.NETWORK,
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
