#!/usr/bin/env python3
"""Records what real Go prints: record.py TEST.gol... writes TEST.out beside each; without names, all tests of this folder that lack one.

A test here is a whole program that prints one line a case, so that the recorded file can be compared anywhere.
"""
import importlib.util, os, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import expect, run as runner

there = importlib.util.spec_from_file_location('diff', os.path.join(os.path.dirname(HERE), 'diff', 'run.py'))
diff = importlib.util.module_from_spec(there)
there.loader.exec_module(diff)
server = runner.Server()


def record(go, path):
    with tempfile.TemporaryDirectory() as d:
        with open(path, encoding='utf-8', errors='surrogateescape') as f, open(os.path.join(d, 'main.go'), 'w', encoding='utf-8', errors='surrogateescape') as to:
            to.write(f.read())
        test = expect.Test(path, path)
        env = {**os.environ, **server.environment(test), 'GO111MODULE': 'off', 'GOTOOLCHAIN': 'local', 'GOFLAGS': ''}
        said = subprocess.run([go, 'run', os.path.join(d, 'main.go')], capture_output=True, env=env, cwd=d)
    if said.returncode:
        sys.exit(f'{path}: real Go fails:\n{said.stderr.decode(errors="replace")}')
    with open(path[:-4] + '.out', 'wb') as f:
        f.write(said.stdout)
    print(f'{os.path.relpath(path, HERE)}: {said.stdout.count(10)} lines')


paths = sys.argv[1:]
if not paths:
    for at, _, files in sorted(os.walk(HERE)):
        paths += [os.path.join(at, f) for f in sorted(files) if f.endswith('.gol') and not os.path.exists(os.path.join(at, f[:-4] + '.out'))]
go = diff.find_go() or sys.exit('record: no real Go of the right version here')
for path in paths:
    record(go, path)
server.stop()
