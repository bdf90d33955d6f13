#!/usr/bin/env python3
"""Runs the .gol tests: tests/lang, tests/std, tests/stress and samples. expect.py says how a test states what it expects.

Each `run` test runs in several modes, and must do the same in all of them:
    p1, p2, p8  with that many workers (GOMAXPROCS)
    gc          with a collection at every allocation (GOL_DEBUG=gcstress)
    machine     as machine code from the start (GOL_DEBUG=machine)
    move        giving way at every back edge and call, with a new stack at every call (GOL_DEBUG=preempt,movestack)
    seed        on the deterministic one-worker schedule with its virtual clock (-seed 1)
    race        under the race detector, which must stay silent
A mode that the binary does not know is left out, and said so.
"""
import argparse, collections, concurrent.futures, os, subprocess, sys, tempfile, threading, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import expect

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDERS = ('tests/lang', 'tests/std', 'samples')
MODES = {  # name -> (flags, environment)
    'p1': ([], {'GOMAXPROCS': '1'}),
    'p2': ([], {'GOMAXPROCS': '2'}),
    'p8': ([], {'GOMAXPROCS': '8'}),
    'gc': ([], {'GOMAXPROCS': '2', 'GOL_DEBUG': 'gcstress'}),
    'machine': ([], {'GOMAXPROCS': '2', 'GOL_DEBUG': 'machine'}),
    'move': ([], {'GOMAXPROCS': '2', 'GOL_DEBUG': 'preempt,movestack'}),
    'seed': (['-seed', '1'], {}),
    'race': (['-race'], {'GOMAXPROCS': '4'}),
}


class Server:
    """serve/serve.py, started for the first test that asks for it."""
    PATH = os.path.join(ROOT, 'tests', 'serve', 'serve.py')

    def __init__(self):
        self.lock, self.process = threading.Lock(), None

    @classmethod
    def source(cls, test):
        return open(cls.PATH).read() if 'server' in test.settings else ''

    def environment(self, test):
        if test.settings.get('server') != 'http':
            return {}
        with self.lock:
            if not self.process:
                self.process = subprocess.Popen([sys.executable, self.PATH], stdin=subprocess.PIPE,
                                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
                self.found = {}
                while 'SSL_CERT_FILE' not in self.found:
                    name, _, value = self.process.stdout.readline().strip().partition('=')
                    self.found[name] = value
            return self.found

    def stop(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()


def arguments():
    ap = argparse.ArgumentParser(description='Runs the .gol tests.')
    ap.add_argument('filter', nargs='*', default=[], help='only tests whose path contains one of these words')
    ap.add_argument('--gol', default=os.path.join(ROOT, 'build', 'gol'))
    ap.add_argument('--jobs', type=int, default=2)
    ap.add_argument('--modes', default='', help='comma-separated; default: all the binary knows')
    ap.add_argument('--timeout', type=float, default=20)
    ap.add_argument('--slower', type=float, default=1, help='factor on timeouts, for instrumented builds')
    ap.add_argument('-v', action='store_true', help='name each test as it ends, with its time')
    a = ap.parse_args()
    a.gol = os.path.abspath(a.gol)
    a.filter = [w for w in a.filter if w]
    return a


def command(a, test, mode):
    flags = MODES[mode][0] if mode else []
    if test.verb == 'vet':
        return [a.gol, 'vet', *test.flags, test.path]
    flags = [f for f in flags if f not in test.flags] if '-seed' not in test.flags else []
    return [a.gol, 'run', *flags, *test.flags, test.path, *test.args]


def run(argv, env, stdin, timeout):
    child = subprocess.Popen(argv, env={**os.environ, **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
    try:
        out, err = child.communicate(stdin.encode(), timeout)
        status = child.returncode
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
        status = None
    return expect.Result(out.decode(errors='surrogateescape'), err.decode(errors='surrogateescape'), status)


def modes_of(test, known):
    """The modes to run a test in; [None] is a plain call, [] leaves it out."""
    if test.verb == 'vet' or test.noted['error']:
        return [None]
    wanted = test.settings['modes'].split(',') if 'modes' in test.settings else list(known)
    if test.noted['race']:
        return [m for m in known if m == 'race']
    if '-seed' in test.flags:  # one schedule is all it asks for
        return [m for m in known if m in ('p1', 'gc', 'move')]
    return [m for m in wanted if m in known]


def known_modes(a):
    """Those asked for, less those that the binary refuses."""
    asked = a.modes.split(',') if a.modes else list(MODES)
    known = []
    with tempfile.NamedTemporaryFile('w', suffix='.gol') as f:
        f.write('package main\n\nfunc main() {}\n')
        f.flush()
        for mode in asked:
            flags, env = MODES[mode]
            if run([a.gol, 'run', *flags, f.name], env, '', 30).status == 0:
                known.append(mode)
            else:
                print(f'mode {mode} is left out: `gol {" ".join(["run", *flags])}` does not run an empty program')
    return known


def show(a, test, mode, bad):
    flags, env = MODES[mode] if mode else ([], {})
    words = [f'{k}={v}' for k, v in {**env, **test.env}.items()] + command(a, test, mode)
    print(f'FAIL {test.name}' + (f' [{mode}]' if mode else ''))
    for b in bad:
        print('  ' + b)
    print('  again: ' + ' '.join(os.path.relpath(w) if w.startswith('/') else w for w in words), flush=True)


def main():
    expect.ordinary_signals()
    a = arguments()
    tests = expect.find(ROOT, FOLDERS, a.filter)
    if not os.access(a.gol, os.X_OK):
        print(f'there is no {a.gol}; build it first')
        print(f'0 passed, {len(tests)} failed')
        return 1
    known = known_modes(a)
    lock, server = threading.Lock(), Server()
    failed, seconds = set(), collections.Counter()

    def one(job):
        test, mode = job
        env = {**(MODES[mode][1] if mode else {}), **test.env, **server.environment(test)}
        limit = float(test.settings.get('timeout', a.timeout)) * a.slower
        start = time.monotonic()
        result = run(command(a, test, mode), env, test.settings.get('stdin', ''), limit)
        bad = test.judge(result)
        with lock:
            seconds[test.name] += time.monotonic() - start
            if bad:
                failed.add(test.name)
                show(a, test, mode, bad)

    jobs, skipped = [], 0
    for test in tests:
        modes = modes_of(test, known)
        skipped += not modes
        jobs += [(test, mode) for mode in modes]
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        list(pool.map(one, jobs))
    server.stop()
    if a.v:
        for name, s in seconds.most_common():
            print(f'{s:7.2f} s  {name}')
    slow = [f'{n} {s:.1f} s' for n, s in seconds.most_common(5) if s > 5 * a.slower]
    if slow:
        print('slowest: ' + ', '.join(slow))
    print(f'{len(tests) - skipped - len(failed)} passed, {len(failed)} failed' + (f', {skipped} skipped' if skipped else ''))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
