#!/usr/bin/env python3
"""Runs the .gol tests by real Go: what a test expects must be what Go does, and gol's output must be Go's.

Scripts are made into programs first (wrap.py). Answers are kept under .cache/oracle, by content, so only new and changed
tests cost time. Without a Go of the right version everything is skipped. A test says `go=no` when real Go cannot run it
as it stands (script mode in ways that cannot be wrapped, -loopvar=shared, gol's own messages).
"""
import argparse, concurrent.futures, hashlib, json, os, re, shutil, subprocess, sys, tempfile, threading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.dirname(HERE), HERE]
import expect, run as runner, wrap

VERSION = 'go1.23'


def find_go():
    for go in (os.environ.get('GO', ''), '/usr/lib/go-1.23/bin/go', shutil.which('go') or ''):
        if go and os.access(go, os.X_OK):
            said = subprocess.run([go, 'version'], capture_output=True, text=True,
                                  env={**os.environ, 'GOTOOLCHAIN': 'local'}).stdout
            if VERSION in said:
                return go
    return None


class Oracle:
    def __init__(self, go, store):
        self.go, self.store = go, store
        self.env = {**os.environ, 'GOFLAGS': '-mod=mod', 'GO111MODULE': 'off', 'GOTOOLCHAIN': 'local', 'GOPROXY': 'off'}
        self.server = runner.Server()
        os.makedirs(store, exist_ok=True)
        self.packages = os.path.join(store, 'importcfg')
        if not os.path.exists(self.packages):
            said = subprocess.run([go, 'list', '-export', '-deps', '-f',
                                   '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}', 'std'],
                                  capture_output=True, text=True, env=self.env)
            with open(self.packages + '.new', 'w') as f:
                f.write(said.stdout)
            os.rename(self.packages + '.new', self.packages)

    def answer(self, test, timeout):
        """A Result, from the store or by compiling and running."""
        key = hashlib.sha1('\0'.join([VERSION, test.base, test.source, repr((test.args, test.env, test.settings, test.verb)),
                                      open(wrap.__file__).read(), runner.Server.source(test)]).encode(errors='surrogateescape')).hexdigest()
        path = os.path.join(self.store, key[:20] + '.json')
        if os.path.exists(path):
            with open(path) as f:
                return expect.Result(*json.load(f))
        result = self.ask(test, timeout)
        with open(f'{path}.{threading.get_ident()}', 'w') as f:
            json.dump([result.stdout, result.stderr, result.status], f)
        os.rename(f'{path}.{threading.get_ident()}', path)
        return result

    def ask(self, test, timeout):
        with tempfile.TemporaryDirectory() as d:
            whole = wrap.wrap(test.source, test.base)
            result = self.compile(d, test, whole or test.source)
            if whole and result.status and re.search(r'undefined: ', result.stderr):
                shared = self.compile(d, test, wrap.wrap(test.source, test.base, shared=True))
                if shared.status == 0 or not test.noted['error']:
                    result = shared
            if result.status or test.verb == 'vet':
                return result
            link = subprocess.run([self.go, 'tool', 'link', '-importcfg', self.packages, '-o', d + '/x', '-s', d + '/x.o'],
                                  capture_output=True, text=True, env=self.env)
            if link.returncode:
                return expect.Result('', link.stderr, 1)
            return runner.run([d + '/x', *test.args], {'GOMAXPROCS': '2', **test.env, **self.server.environment(test)}, test.settings.get('stdin', ''), timeout)

    def compile(self, d, test, source):
        path = os.path.join(d, test.base)
        with open(path, 'w', errors='surrogateescape', newline='') as f:
            f.write(source)
        c = subprocess.run([self.go, 'tool', 'compile', '-e', '-p=main', '-d=panic', '-lang=' + VERSION,
                            '-importcfg', self.packages, '-o', d + '/x.o', path], capture_output=True, text=True, env=self.env)
        return expect.Result('', c.stdout + c.stderr, 1 if c.returncode else 0)


def arguments():
    ap = argparse.ArgumentParser(description='Runs the .gol tests by real Go.')
    ap.add_argument('filter', nargs='*', default=[])
    ap.add_argument('--gol', default='', help='also compare the output of this binary with that of Go')
    ap.add_argument('--jobs', type=int, default=2)
    ap.add_argument('--timeout', type=float, default=20)
    ap.add_argument('--show', action='store_true', help='print what Go says, for writing a test')
    a = ap.parse_args()
    a.filter = [w for w in a.filter if w]
    return a


def main():
    expect.ordinary_signals()
    a = arguments()
    tests = expect.find(ROOT, runner.FOLDERS, a.filter)
    asked = [t for t in tests if t.settings.get('go') != 'no' and not t.noted['race']]
    skipped = len(tests) - len(asked)
    go = find_go()
    if not go:
        print(f'{VERSION} is not installed: nothing to compare with')
        print(f'0 passed, 0 failed, {len(tests)} skipped')
        return 0
    oracle = Oracle(go, os.path.join(ROOT, '.cache', 'oracle'))
    lock, failed = threading.Lock(), []

    def one(test):
        result = oracle.answer(test, a.timeout)
        bad = test.judge(result)
        if a.gol and test.verb == 'run' and not bad:
            mine = runner.run([a.gol, 'run', *test.flags, test.path, *test.args], {**test.env, **oracle.server.environment(test)}, test.settings.get('stdin', ''), a.timeout)
            if mine.status != result.status:
                bad.append(f'exit status {mine.status}, and that of Go is {result.status}')
            if test.settings.get('order') != 'any' and mine.stdout != result.stdout:
                bad.append('standard output is not that of Go')
        with lock:
            if a.show:
                print(f'--- {test.name}: status {result.status}\n{result.stdout}{result.stderr}')
            if bad:
                failed.append(test.name)
                print(f'FAIL {test.name} (real Go)')
                for b in bad:
                    print('  ' + b, flush=True)

    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        list(pool.map(one, asked))
    oracle.server.stop()
    print(f'{len(asked) - len(failed)} passed, {len(failed)} failed' + (f', {skipped} skipped' if skipped else ''))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
