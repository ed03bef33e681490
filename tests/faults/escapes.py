"""Ways out of a probe's process: to files, processes, other machines, the kernel. Each is the body of a function.

An attack knows OUTSIDE, a folder of the user's beside that of the file, with `victim.txt` and `folder/inner.txt`;
SLEEPER, a process of the user's; SERVER; and the addresses at which somebody listens.
"""

from __future__ import annotations

from typing import Any

_FILES = {
    "writes": ("open(VICTIM, 'w').write('x')", "libc.write(libc.open(victim, os.O_WRONLY), b'x', 1)"),
    "appends": ("open(VICTIM, 'a').write('x')", "libc.write(libc.open(victim, os.O_WRONLY | os.O_APPEND), b'x', 1)"),
    "truncates": ("os.truncate(VICTIM, 0)", "libc.truncate(victim, 0)"),
    "truncates by opening": ("os.open(VICTIM, os.O_RDONLY | os.O_TRUNC)", "libc.open(victim, os.O_RDONLY | os.O_TRUNC)"),
    "makes a file": ("open(OUTSIDE + '/new', 'x')", "libc.open(outside + b'/new', os.O_WRONLY | os.O_CREAT, 0o600)"),
    "makes a folder": ("os.makedirs(OUTSIDE + '/new/er')", "libc.mkdir(outside + b'/new', 0o700)"),
    "makes a pipe": ("os.mkfifo(OUTSIDE + '/new')", "libc.mkfifo(outside + b'/new', 0o600)"),
    "makes a device": ("os.mknod(OUTSIDE + '/new', 0o60600)", "libc.mknod(outside + b'/new', 0o60600, 259)"),
    "deletes": ("os.remove(VICTIM)", "libc.unlink(victim)"),
    "deletes a folder": ("__import__('shutil').rmtree(OUTSIDE + '/folder')", "libc.unlink(outside + b'/folder/inner.txt'), libc.rmdir(outside + b'/folder')"),
    "renames": ("os.rename(VICTIM, OUTSIDE + '/renamed')", "libc.rename(victim, outside + b'/renamed')"),
    "renames into its own folder": ("os.rename(VICTIM, 'mine')", "libc.rename(victim, b'mine')"),
    "replaces": ("open('own', 'w').close(); os.replace('own', VICTIM)", "open('own', 'w').close(); libc.rename(b'own', victim)"),
    "exchanges": ("libc.renameat2(-100, victim, -100, outside + b'/folder/inner.txt', 2)",) * 2,
    "links it": ("os.link(VICTIM, OUTSIDE + '/second')", "libc.link(victim, outside + b'/second')"),
    "links it into its own folder": ("os.link(VICTIM, 'second'); open('second', 'w')", "libc.link(victim, b'second'), open('second', 'w')"),
    "links symbolically": ("os.symlink('/etc', OUTSIDE + '/new')", "libc.symlink(b'/etc', outside + b'/new')"),
    "changes the mode": ("os.chmod(VICTIM, 0o777)", "libc.chmod(victim, 0o777)"),
    "changes the mode of what is open": ("os.fchmod(os.open(VICTIM, 0), 0o777)", "libc.fchmod(libc.open(victim, 0), 0o777)"),
    "changes the owner": ("os.chown(VICTIM, 12345, 12345)", "libc.chown(victim, 12345, 12345)"),
    "changes the times": ("os.utime(VICTIM, (1, 1))", "libc.utimes(victim, (ctypes.c_long * 4)(1, 1, 1, 1))"),
    "adds an attribute": ("os.setxattr(VICTIM, 'user.a', b'b')", "libc.setxattr(victim, b'user.a', b'b', 1, 0)"),
    "makes it immutable": ("__import__('fcntl').ioctl(os.open(VICTIM, 0), 0x40086602, struct.pack('l', 16))", "libc.ioctl(libc.open(victim, 0), 0x40086602, struct.pack('l', 16))"),
    "copies over it": ("__import__('shutil').copyfile(__file__, VICTIM)", "libc.copy_file_range(libc.open(b'data.csv', 0), None, libc.open(victim, 1), None, 4, 0)"),
    "allocates": ("os.posix_fallocate(os.open(VICTIM, os.O_RDWR), 0, 99)", "libc.fallocate(libc.open(victim, 2), 0, 0, ctypes.c_long(99))"),
    "maps it": ("import mmap; mmap.mmap(os.open(VICTIM, os.O_RDWR), 4)[0:1] = b'x'", "libc.mmap(0, 4096, 2, 1, libc.open(victim, 2), 0)"),
}  # fmt: skip
"""What is done to files: by Python's functions, and past them."""

_LIBRARIES = {
    "Keras saves a model": "keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(OUTSIDE + '/m.keras')",
    "Keras saves a model over a file": "keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(VICTIM[:-4] + '.keras'); keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save_weights(OUTSIDE + '/victim.weights.h5', overwrite=True)",
    "Keras saves weights": "keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save_weights(OUTSIDE + '/m.weights.h5')",
    "Keras exports": "keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).export(OUTSIDE + '/exported')",
    "Keras logs": "c = keras.callbacks.CSVLogger(OUTSIDE + '/log.csv'); c.set_params({}); c.on_train_begin()",
    "Keras backs up": "keras.callbacks.BackupAndRestore(OUTSIDE + '/backup').on_train_begin()",
    "Keras plots": "keras.utils.plot_model(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]), OUTSIDE + '/m.png')",
    "Keras downloads into a folder": "keras.utils.get_file('x', 'http://%s:%d/x' % TCP, cache_dir=OUTSIDE)",
    "Keras loads a folder as data": "keras.utils.get_file('x', 'file://' + VICTIM, cache_dir=OUTSIDE)",
    "Keras Tuner's folder": "import keras_tuner; keras_tuner.RandomSearch(lambda hp: None, 'loss', directory=OUTSIDE, project_name='p', overwrite=True)",
    "Keras Tuner saves an oracle": "import keras_tuner; keras_tuner.oracles.RandomSearchOracle('loss').save(OUTSIDE + '/oracle.json')",
    "TensorFlow removes a tree": "import tensorflow as tf; tf.io.gfile.rmtree(OUTSIDE + '/folder')",
    "TensorFlow removes a file": "import tensorflow as tf; tf.io.gfile.remove(VICTIM)",
    "TensorFlow renames": "import tensorflow as tf; tf.io.gfile.rename(VICTIM, OUTSIDE + '/renamed')",
    "TensorFlow copies": "import tensorflow as tf; tf.io.gfile.copy('data.csv', VICTIM, overwrite=True)",
    "TensorFlow makes folders": "import tensorflow as tf; tf.io.gfile.makedirs(OUTSIDE + '/new/er')",
    "TensorFlow opens for writing": "import tensorflow as tf; tf.io.gfile.GFile(VICTIM, 'w').write('x')",
    "TensorFlow writes a file": "import tensorflow as tf; tf.io.write_file(OUTSIDE + '/new', b'x')",
    "TensorFlow writes in a graph": "import tensorflow as tf; tf.function(lambda: tf.io.write_file(OUTSIDE + '/new', b'x'))()",
    "TensorFlow writes records": "import tensorflow as tf; w = tf.io.TFRecordWriter(OUTSIDE + '/new'); w.write(b'x'); w.close()",
    "TensorFlow writes a summary": "import tensorflow as tf; w = tf.summary.create_file_writer(OUTSIDE + '/tb'); w.set_as_default(); tf.summary.scalar('a', 1, step=1); w.flush()",
    "TensorFlow writes a checkpoint": "import tensorflow as tf; tf.train.Checkpoint(a=tf.Variable(1.0)).save(OUTSIDE + '/ckpt')",
    "TensorFlow saves a module": "import tensorflow as tf; tf.saved_model.save(tf.Module(), OUTSIDE + '/saved')",
    "TensorFlow caches a dataset": "import tensorflow as tf; list(tf.data.Dataset.range(3).cache(OUTSIDE + '/cache'))",
    "TensorFlow snapshots a dataset": "import tensorflow as tf; tf.data.Dataset.range(3).save(OUTSIDE + '/data')",
    "TensorFlow dumps its graphs": "import tensorflow as tf; tf.debugging.experimental.enable_dump_debug_info(OUTSIDE + '/dump'); tf.constant(1) + 1",
    "TensorFlow profiles": "import tensorflow as tf; tf.profiler.experimental.start(OUTSIDE + '/profile'); tf.profiler.experimental.stop()",
    "HDF5 makes a file": "import h5py; h5py.File(OUTSIDE + '/new.h5', 'w')",
    "HDF5 opens a file for writing": "import h5py; h5py.File(VICTIM, 'w')",
    "NumPy maps a file": "import numpy; numpy.memmap(VICTIM, mode='r+')[0] = 1",
    "NumPy writes to a file": "import numpy; numpy.zeros(3).tofile(VICTIM)",
    "NumPy saves": "import numpy; numpy.savez(OUTSIDE + '/a.npz', a=1)",
    "SQLite makes a database": "import sqlite3; sqlite3.connect(OUTSIDE + '/new.db').execute('create table t(a)')",
    "SQLite attaches a database": "import sqlite3; c = sqlite3.connect(':memory:'); c.execute('attach ? as b', (OUTSIDE + '/new.db',)); c.execute('create table b.t(a)')",
    "SQLite copies a database": "import sqlite3; c = sqlite3.connect(':memory:'); c.execute('create table t(a)'); c.execute('vacuum into ?', (OUTSIDE + '/new.db',))",
    "TLS logs its keys": "import ssl; ssl.create_default_context().keylog_filename = OUTSIDE + '/keys'",
    "the fault handler dumps": "import faulthandler; faulthandler.enable(open(OUTSIDE + '/dump', 'w'))",
    "Python compiles beside a module": "import py_compile; py_compile.compile(__file__, OUTSIDE + '/x.pyc')",
    "dbm makes a database": "import dbm.dumb; dbm.dumb.open(OUTSIDE + '/new', 'c')",
    "a tar archive is unpacked": "import io, tarfile; b = io.BytesIO(); t = tarfile.open(fileobj=b, mode='w'); t.add('data.csv', 'new'); t.close(); b.seek(0); tarfile.open(fileobj=b).extractall(OUTSIDE)",
}  # fmt: skip

_AROUND = {
    "through a link in its own folder": "os.symlink(OUTSIDE, 'l'); open('l/victim.txt', 'w').write('x')",
    "through a link, past Python": "libc.symlink(outside, b'l'); libc.unlink(b'l/victim.txt')",
    "through a link that is moved between check and use": "import threading; os.symlink('.', 'l')\n    def turn():\n        for i in range(300):\n            for to in (OUTSIDE, '.'):\n                libc.unlink(b'l'); libc.symlink(os.fsencode(to), b'l')\n    t = threading.Thread(target=turn); t.start()\n    for i in range(300):\n        try: open('l/victim.txt', 'w').write('x')\n        except OSError: pass\n    t.join()",
    "through the root of its process": "open('/proc/self/root' + VICTIM, 'w').write('x')",
    "through its working directory": "open('/proc/self/cwd/../outside/victim.txt', 'w').write('x')",
    "through a descriptor": "open('/proc/self/fd/%d' % os.open(VICTIM, 0), 'w').write('x')",
    "through a folder's descriptor": "os.unlink('victim.txt', dir_fd=os.open(OUTSIDE, 0))",
    "by changing there first": "os.chdir(OUTSIDE); open('victim.txt', 'w').write('x')",
    "by dots": "open('../outside/victim.txt', 'w').write('x')",
    "by a path of bytes": "open(os.fsencode(VICTIM), 'w').write('x')",
    "from another thread": "import threading; t = threading.Thread(target=lambda: open(VICTIM, 'w')); t.start(); t.join()",
    "from a fork": "os.waitpid(os.fork() or (open(VICTIM, 'w').close(), os._exit(0)), 0)",
    "from a fork past Python": "os.waitpid(libc.fork() or (libc.unlink(victim), libc._exit(0)), 0)",
    "from a daemon": "if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n            __import__('time').sleep(.3); libc.unlink(victim)\n        libc._exit(0)",
    "from a pool": "import multiprocessing as m\n    with m.get_context('fork').Pool(1) as p: p.map(os.remove, [VICTIM])",
    "from a program": "import subprocess; subprocess.run(['rm', VICTIM])",
    "from a program past Python": "libc.system(b'rm ' + victim)",
    "from a program in its place": "if libc.fork() == 0: libc.execl(b'/bin/rm', b'rm', victim, None)\n    os.wait()",
    "from a program in memory": "f = os.memfd_create('a'); os.write(f, open('/bin/rm', 'rb').read()); p = libc.fork()\n    if p == 0: libc.fexecve(f, (ctypes.c_char_p * 3)(b'rm', victim, None), (ctypes.c_char_p * 1)(None))\n    os.waitpid(p, 0)",
    "from a script in its own folder": "open('x.sh', 'w').write('#!/bin/sh\\nrm ' + VICTIM); os.chmod('x.sh', 0o755); libc.system(b'./x.sh')",
    "by an interpreter of its own": "libc.system(os.fsencode(sys.executable) + b' -c \"import os; os.remove(' + repr(VICTIM).encode() + b')\"')",
    "when the process ends": "import atexit; atexit.register(libc.unlink, victim); sys.exit()",
    "when an object is collected": "class A:\n        def __del__(self): open(VICTIM, 'w').close()\n    A()",
    "by a signal handler": "import signal; signal.signal(signal.SIGUSR1, lambda *a: open(VICTIM, 'w')); os.kill(os.getpid(), signal.SIGUSR1)",
    "with the hook's own helper replaced": "os.path.realpath = lambda *a, **k: os.getcwd() + '/x'\n    os.path.abspath = lambda *a: os.getcwd() + '/x'\n    open(VICTIM, 'w').write('x')",
    "with the guard's modules changed": "import gc\n    for m in [m for n, m in sys.modules.items() if n.startswith('hypershape')]:\n        for n in list(vars(m)):\n            if n in ('Refused', '_located', '_opens_for_writing'): setattr(m, n, lambda *a: False)\n    open(VICTIM, 'w').write('x')",
    "with the hook's closure emptied": "import gc\n    for f in [f for f in gc.get_objects() if getattr(f, '__name__', '') == 'watch']:\n        for c in f.__closure__:\n            if isinstance(c.cell_contents, dict): c.cell_contents.clear()\n    open(VICTIM, 'w').write('x')",
    "with the hook overwritten in memory": "import gc\n    for f in [f for f in gc.get_objects() if getattr(f, '__name__', '') == 'watch']: f.__code__ = (lambda event, args: None).__code__\n    open(VICTIM, 'w').write('x')",
    "by its memory as a file": "m = open('/proc/self/mem', 'r+b', 0); m.seek(id(sys)); m.read(8); os.unlink(VICTIM)",
    "past the limits by raising them": "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1)); libc.truncate(victim, 0)",
    "by mounting over it": "libc.mount(b'none', outside, b'tmpfs', 0, None), open(OUTSIDE + '/new', 'w')",
    "by ending the layer": "libc.umount2(os.fsencode(os.getcwd()), 2); open('data.csv', 'w').write('x')",
    "by mounting all for writing": "libc.mount(b'none', b'/', None, 0x20 | 0x1000, None); libc.chmod(victim, 0o777)",
    "by new attributes of the mounts": "libc.syscall(442, -100, b'/', 0x8000, struct.pack('=QQQQ', 0, 1, 0, 0), 32); libc.chmod(victim, 0o777)",
    "by another root": "libc.chroot(outside); open('/victim.txt', 'w').write('x')",
    "by a new namespace": "libc.unshare(0x10020000); libc.mount(b'none', outside, b'tmpfs', 0, None); libc.chmod(victim, 0o777)",
    "by the namespace of another process": "libc.setns(os.open('/proc/%d/ns/mnt' % SLEEPER, 0), 0); libc.chmod(victim, 0o777)",
    "by the root of another process": "open('/proc/%d/root' % SLEEPER + VICTIM, 'w').write('x')",
    "by a handle of the file": "libc.open_by_handle_at(libc.open(b'/', 0), ctypes.create_string_buffer(140), 2), libc.chmod(victim, 0o777)",
    "by another queue of calls": "libc.syscall(425, 8, ctypes.create_string_buffer(120)) >= 0 and libc.chmod(victim, 0o777)",
    "in its own folder for good": "open('data.csv', 'w').write('x'); os.sync()",
    "in its own folder past Python": "libc.unlink(b'data.csv')",
    "in its own folder by its whole path": "libc.rename(os.fsencode(os.path.join(os.path.dirname(OUTSIDE), 'project', 'data.csv')), b'gone')",
}  # fmt: skip

_PROCESSES = {
    "ends a process": "os.kill(SLEEPER, 9)",
    "ends a process past Python": "libc.kill(SLEEPER, 9)",
    "ends a thread of it": "libc.syscall(234, SLEEPER, SLEEPER, 9)",
    "ends it by its descriptor": "f = libc.syscall(434, SLEEPER, 0); libc.syscall(424, f, 9, None, 0)",
    "queues a signal": "libc.sigqueue(SLEEPER, 9, None)",
    "stops a process": "libc.kill(SLEEPER, 19)",
    "ends its group": "libc.killpg(os.getpgid(SLEEPER), 15) if os.getpgid(SLEEPER) != os.getpgid(SERVER) else None",
    "ends the agent": "os.kill(os.getppid(), 9)",
    "ends the agent past Python": "libc.kill(os.getppid(), 9)",
    "stops the agent": "libc.kill(os.getppid(), 19)",
    "ends the agent's group": "libc.killpg(os.getpgid(os.getppid()), 15)",
    "ends its own group": "libc.kill(0, 15)",
    "debugs a process": "libc.ptrace(16, SLEEPER, 0, 0), libc.ptrace(8, SLEEPER, 0, 0)",
    "debugs the agent": "libc.ptrace(16, os.getppid(), 0, 0) == 0 and libc.ptrace(8, os.getppid(), 0, 0)",
    "writes into its memory": "open('/proc/%d/mem' % SLEEPER, 'r+b')",
    "writes into its memory past Python": "libc.process_vm_writev(SLEEPER, struct.pack('QQ', 0, 0), 1, struct.pack('QQ', 0, 0), 1, 0)",
    "takes a descriptor of it": "f = libc.syscall(434, SLEEPER, 0); os.write(libc.syscall(438, f, 1, 0), b'')",
    "changes its priority": "os.setpriority(os.PRIO_PROCESS, SLEEPER, 19)",
    "changes its limits": "import resource; resource.prlimit(SLEEPER, resource.RLIMIT_CORE, (1, 1))",
    "changes its limits past Python": "libc.prlimit(SLEEPER, 4, (ctypes.c_long * 2)(1, 1), None)",
    "has it killed first": "open('/proc/%d/oom_score_adj' % SLEEPER, 'w').write('1000')",
    "types into a terminal": "import fcntl; fcntl.ioctl(os.open('/dev/tty', 2), 0x5412, b'x')",
    "writes to all terminals": "import glob; [open(t, 'w').write('x') for t in glob.glob('/dev/pts/[0-9]*')]",
    "asks for a terminal": "m, s = os.openpty(); os.write(m, b'x')",
    "stays as a daemon": "if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0: __import__('time').sleep(600)\n        os._exit(0)",
    "stays as a daemon past Python": "if libc.fork() == 0:\n        libc.setsid()\n        if libc.fork() == 0: libc.sleep(600)\n        libc._exit(0)",
    "starts more and more": "for i in range(20): libc.fork() or libc.sleep(600)",
    "asks not to end with its parent": "libc.prctl(1, 0, 0, 0, 0); libc.fork() or libc.sleep(600)",
}  # fmt: skip

_NETWORK = {
    "connects": "socket.create_connection(TCP)",
    "connects past Python": "libc.connect(socket.socket().fileno(), struct.pack('!HH4s8x', 0x200, TCP[1], b'\\x7f\\0\\0\\1'), 16)",
    "connects with its first bytes": "libc.sendto(socket.socket().fileno(), b'x', 1, 0x20000000, struct.pack('!HH4s8x', 0x200, TCP[1], b'\\x7f\\0\\0\\1'), 16)",
    "sends a datagram": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', UDP)",
    "sends a datagram past Python": "libc.sendto(libc.socket(2, 2, 0), b'x', 1, 0, struct.pack('!HH4s8x', 0x200, UDP[1], b'\\x7f\\0\\0\\1'), 16)",
    "sends a datagram as a message": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, UDP)",
    "asks for a page": "import urllib.request; urllib.request.urlopen('http://%s:%d/' % TCP, timeout=1)",
    "asks for a page by http": "import http.client; http.client.HTTPConnection(*TCP, timeout=1).request('GET', '/')",
    "asks for a page with requests": "import requests; requests.get('http://%s:%d/' % TCP, timeout=1)",
    "asks for a name": "socket.getaddrinfo('example.org', 80)",
    "asks for a name past Python": "libc.gethostbyname(b'example.org')",
    "connects within the machine": "socket.socket(socket.AF_UNIX).connect(OUTSIDE + '/socket')",
    "connects within the machine past Python": "libc.connect(socket.socket(socket.AF_UNIX).fileno(), struct.pack('H108s', 1, outside + b'/socket'), 110)",
    "connects to a socket without a file": "n = b'\\0faults-%d' % SLEEPER; libc.connect(socket.socket(socket.AF_UNIX).fileno(), struct.pack('H', 1) + n, 2 + len(n))",
    "sends to a socket without a file": "n = b'\\0faults-%d-datagrams' % SLEEPER; libc.sendto(libc.socket(1, 2, 0), b'x', 1, 0, struct.pack('H', 1) + n, 2 + len(n))",
    "sends a message to a socket without a file": "libc.socket(1, 2, 0); socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, b'\\0faults-%d-datagrams' % SLEEPER)",
    "sends raw packets": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "sends frames": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "sends mail": "import smtplib; smtplib.SMTP(*TCP, timeout=1)",
    "connects from a program": "libc.system(b'exec 3<>/dev/tcp/127.0.0.1/%d' % TCP[1])",
    "connects from a program of its own": "libc.system(os.fsencode(sys.executable) + b' -c \"import socket; socket.create_connection((\\'127.0.0.1\\', %d))\"' % TCP[1])",
    "connects in an event loop": "import asyncio; asyncio.run(asyncio.open_connection(*TCP))",
    "connects by gRPC": "import tensorflow as tf; tf.config.experimental_connect_to_host('%s:%d' % TCP)",
    "writes to a database server": "import logging.handlers, logging; logging.handlers.SocketHandler(*TCP).emit(logging.makeLogRecord({}))",
    "shows a display": "import os; os.environ['DISPLAY'] = ':0'; import matplotlib; matplotlib.use('TkAgg'); import matplotlib.pyplot as p; p.figure()",
    "opens a browser": "import webbrowser; webbrowser.open('http://%s:%d/' % TCP)",
}  # fmt: skip

_KERNEL = {
    "sets the clock": "__import__('time').clock_settime(0, 0)",
    "renames the machine": "socket.sethostname('mine')",
    "renames the machine past Python": "libc.sethostname(b'mine', 4)",
    "shared memory with a name": "from multiprocessing import shared_memory as s; s.SharedMemory('faults', create=True, size=9)",
    "shared memory past Python": "libc.shm_open(b'/faults', os.O_CREAT | os.O_RDWR, 0o600)",
    "shared memory of System V": "libc.shmget(4711, 4096, 0o1666)",
    "a semaphore of System V": "libc.semget(4711, 1, 0o1666)",
    "a queue of System V": "libc.msgget(4711, 0o1666)",
    "a semaphore with a name": "libc.sem_open(b'/faults', os.O_CREAT, 0o600, 1)",
    "a queue with a name": "libc.mq_open(b'/faults', os.O_CREAT | os.O_RDWR, 0o600, None)",
    "a key": "libc.syscall(248, b'user', b'faults', b'x', 1, -5)",
    "a setting of the kernel": "open('/proc/sys/kernel/hostname', 'w').write('mine')",
    "a setting of the system": "open('/sys/kernel/mm/transparent_hugepage/enabled', 'w').write('never')",
    "a control group": "os.mkdir('/sys/fs/cgroup/faults')",
    "a program in the kernel": "libc.syscall(321, 0, ctypes.create_string_buffer(128), 128)",
    "a module": "libc.syscall(313, os.open(VICTIM, 0), b'', 0)",
    "a swap file": "libc.swapon(victim, 0)",
    "an accounting file": "libc.acct(victim)",
    "a core in the user's folder": "import resource; resource.setrlimit(resource.RLIMIT_CORE, (-1, -1)); os.chdir(OUTSIDE); os.abort()",
    "a crash in the user's folder": "os.chdir(OUTSIDE); ctypes.string_at(0)",
    "the disk, as a whole": "f = os.open('/dev/vda', os.O_WRONLY)",
    "the memory, as a whole": "open('/dev/mem', 'r+b')",
}  # fmt: skip

PRELUDE = """
import ctypes, os, socket, struct, sys
import keras
{given}
VICTIM = OUTSIDE + "/victim.txt"
outside, victim = os.fsencode(OUTSIDE), os.fsencode(OUTSIDE) + b"/victim.txt"
libc = ctypes.CDLL(None, use_errno=True)

def attack():
    {code}

def attempt():
    try:
        attack()
    except BaseException:
        pass
    return 3

UNITS = attempt()

def build_model(hp):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(UNITS + hp.Int("units", 1, 2))])
    model.compile(loss="mse")
    return model
"""


def escapes() -> dict[str, str]:
    """Every attack by its name, as the body of a function."""
    found: dict[str, str] = {}
    for name, (python, past) in _FILES.items():
        found[f"file: {name}"] = python
        if past != python:
            found[f"file: {name}, past Python"] = past
            found[f"file: {name}, in a fork past Python"] = (
                f"p = libc.fork()\n    if p == 0:\n        {past}; libc._exit(0)\n    os.waitpid(p, 0)"
            )
    for kind, table in (
        ("library", _LIBRARIES),
        ("around", _AROUND),
        ("process", _PROCESSES),
        ("network", _NETWORK),
        ("system", _KERNEL),
    ):
        found.update((f"{kind}: {name}", code) for name, code in table.items())
    return found


def text(code: str, names: dict[str, Any]) -> str:
    """A file in which an attack happens when it is run, and whose space builds."""
    given = "\n".join(f"{name} = {value!r}" for name, value in names.items())
    return PRELUDE.format(given=given, code=code)
