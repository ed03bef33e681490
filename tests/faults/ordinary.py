"""What build functions do besides building: logs, caches, files, programs, the network. None of it is a mistake.

`AT_THE_TOP` runs when the file is run, `IN_BUILD` for each model, before it is compiled; `AFTER` with the model.
"""

from __future__ import annotations

AT_THE_TOP = {
    "makedirs": "import os; os.makedirs('logs', exist_ok=True); D = 'logs'",
    "mkdir with pathlib": "import pathlib; D = pathlib.Path('out'); D.mkdir(parents=True, exist_ok=True)",
    "logging to a file": "import logging; logging.basicConfig(filename='run.log'); D = logging.getLogger('m')",
    "a handler with rotation": "import logging.handlers; D = logging.handlers.RotatingFileHandler('r.log', maxBytes=9)",
    "git's revision": "import subprocess; D = subprocess.check_output(['git', 'rev-parse', 'HEAD'])",
    "git's revision, with care": "import subprocess\ntry: D = subprocess.check_output(['git', 'status'])\nexcept Exception: D = ''",
    "nvidia-smi, with care": "import subprocess\ntry: D = subprocess.run(['nvidia-smi']).returncode\nexcept FileNotFoundError: D = 1",
    "pip install": "import os; os.system('pip install keras-tuner'); D = 1",
    "the name of the machine": "import socket; D = socket.gethostname()",
    "an own temporary folder": "import tempfile; D = tempfile.mkdtemp()",
    "a lock": "import os, fcntl; D = open('.lock', 'w'); fcntl.flock(D, fcntl.LOCK_EX)",
    "settings read back": "import json; json.dump({'a': 1}, open('s.json', 'w')); D = json.load(open('s.json'))",
    "the working directory": "import os; os.chdir(os.path.dirname(os.path.abspath(__file__))); D = os.getcwd()",
    "a seed for everything": "import os, random, numpy; os.environ['PYTHONHASHSEED'] = '0'; random.seed(1); numpy.random.seed(1); D = keras.utils.set_random_seed(1)",
    "warnings off": "import warnings; warnings.filterwarnings('ignore'); D = 1",
    "a secret": "import os; os.environ.setdefault('WANDB_API_KEY', 'x'); D = os.environ['WANDB_API_KEY']",
    "an exit handler": "import atexit; D = atexit.register(print, 'done')",
    "a signal handler": "import signal; D = signal.signal(signal.SIGTERM, lambda *a: None)",
    "a thread": "import threading; D = threading.Thread(target=print); D.start(); D.join()",
    "a pool of threads": "from multiprocessing.pool import ThreadPool; D = ThreadPool(2).map(abs, [1])",
}
IN_BUILD = {
    "a line in a log": "open('trials.txt', 'a').write(str(hp.values))",
    "a row of a table": "import csv; csv.writer(open('hp.csv', 'a')).writerow([1])",
    "a log of logging": "import logging; logging.getLogger('m').warning('building')",
    "makedirs": "import os; os.makedirs('logs/a/b', exist_ok=True)",
    "a cache in the home folder": "import os; os.makedirs(os.path.expanduser('~/.cache/mydata'), exist_ok=True)",
    "a file in the home folder": "import os; open(os.path.expanduser('~/.last'), 'w').write('x')",
    "a file in /var": "open('/var/tmp/hypershape-test.log', 'a').write('x')",
    "a folder that is removed": "import os, shutil; os.makedirs('old', exist_ok=True); shutil.rmtree('old')",
    "a file that is replaced": "import os; open('a', 'w').close(); os.replace('a', 'b')",
    "a copy": "import shutil; shutil.copy(__file__, 'copy.py') if __import__('os').path.exists(__file__) else None",
    "an archive": "import zipfile; zipfile.ZipFile('a.zip', 'w').writestr('x', 'y')",
    "a temporary file": "import tempfile; tempfile.NamedTemporaryFile().write(b'x')",
    "a pickle": "import pickle; pickle.dump(hp.values, open('hp.pkl', 'wb'))",
    "arrays": "import numpy; numpy.save('a.npy', numpy.zeros(3)); numpy.load('a.npy')",
    "a database": "import sqlite3; sqlite3.connect('runs.db').execute('create table if not exists r(a)')",
    "HDF5": "import h5py; h5py.File('a.h5', 'w').close()",
    "a download": "import urllib.request; urllib.request.urlretrieve('http://localhost:9/x.h5', 'x.h5')",
    "a download, with care": "import urllib.request\n    try: urllib.request.urlopen('http://localhost:9/')\n    except OSError: pass",
    "a weight file of Keras": "keras.utils.get_file('x.h5', 'http://localhost:9/x.h5')",
    "nvidia-smi": "import os; os.system('nvidia-smi')",
    "a program's output": "import subprocess; subprocess.run(['ls'], capture_output=True)",
    "a message to a server": "import socket; socket.create_connection(('localhost', 9))",
    "a pool": "import multiprocessing\n    with multiprocessing.get_context('fork').Pool(2) as p: p.map(abs, [1, 2])",
    "a process": "import multiprocessing as m; p = m.get_context('fork').Process(target=print); p.start(); p.join()",
    "an executor": "import concurrent.futures as c\n    with c.ThreadPoolExecutor(2) as e: list(e.map(abs, [1]))",
    "garbage collection": "import gc; gc.collect(); keras.backend.clear_session()",
    "a print": "print('building', hp.values, flush=True)",
    "a print to stderr": "import sys; sys.stderr.write('building\\n')",
    "a redirection": "import contextlib, io\n    with contextlib.redirect_stdout(io.StringIO()): print('x')",
    "a longer recursion": "import sys; sys.setrecursionlimit(5000)",
    "its own priority": "import os; os.nice(1)",
    "whether a process lives": "import os; os.kill(os.getpid(), 0)",
    "TensorBoard": "keras.callbacks.TensorBoard('tb')",
    "a checkpoint": "keras.callbacks.ModelCheckpoint('c.keras')",
    "a log of Keras": "keras.callbacks.CSVLogger('log.csv')",
    "a backup": "keras.callbacks.BackupAndRestore('backup')",
}
AFTER = {
    "a saved model": "model.save('init.keras')",
    "saved weights": "model.save_weights('init.weights.h5')",
    "weights and back": "model.save_weights('w.weights.h5'); model.load_weights('w.weights.h5')",
    "its JSON": "open('model.json', 'w').write(model.to_json())",
    "its summary": "f = open('summary.txt', 'w'); model.summary(print_fn=lambda s, **k: f.write(s)); f.close()",
    "a copy of it": "keras.models.clone_model(model)",
    "its size": "print(model.count_params())",
}


def files() -> dict[str, str]:
    """Every side effect as a file whose space builds."""
    found = {}
    for place, table in (("top", AT_THE_TOP), ("build", IN_BUILD), ("after", AFTER)):
        for name, code in table.items():
            top = f"{code}\n" if place == "top" else ""
            used = "    print(D)\n" if place == "top" else f"    {code}\n" if place == "build" else ""
            after = f"    {code}\n" if place == "after" else ""
            found[f"{place}: {name}"] = (
                f"import keras\n{top}\ndef build_model(hp):\n{used}"
                '    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int("units", 1, 2))])\n'
                f'    model.compile(loss="mse")\n{after}    return model\n'
            )
    return found
