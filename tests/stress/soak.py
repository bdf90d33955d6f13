#!/usr/bin/env python3
"""Runs the channel, select, mutex and timer tests many times with 2 and 8 workers, looking for hangs and crashes.

A run fails when it does not end, ends by a signal, or does not do what its test expects. With --repeat a process runs a test
many times, several runs at once (repeat.c); without, every run is a process. Every worker thread of this script keeps one
child; with more jobs than cores the schedules vary more."""
import argparse, collections, concurrent.futures, os, random, subprocess, sys, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
import expect, run as runner

FOLDERS = ['tests/lang/' + t for t in ('channels', 'select', 'sync', 'atomic', 'time', 'deadlock', 'goroutines', 'seed')] + ['samples']


def repeat(a, test, workers):
    """All runs of a test in one process: [(count, expect.Result)]; one without a status stands for a hang or crash."""
    child = subprocess.run([a.repeat, test.path, str(a.times), workers, str(a.at_once)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           env={**os.environ, **test.env})
    if child.returncode:
        return [(1, expect.Result('', f'repeat ended with {child.returncode}\n' + child.stderr.decode(errors='replace'), None))]
    results, at = [], 0
    while at < len(child.stdout):
        end = child.stdout.index(b'\n', at)
        count, status, out, err = map(int, child.stdout[at:end].split())
        texts = [child.stdout[end + 1:end + 1 + out], child.stdout[end + 1 + out:end + 1 + out + err]]
        results.append((count, expect.Result(*[t.decode(errors='surrogateescape') for t in texts], status)))
        at = end + 1 + out + err
    return results


def repeatable(test):
    """repeat.c knows no flags, arguments or input, and says how many workers there are."""
    return not test.flags and not test.args and 'stdin' not in test.settings and 'GOMAXPROCS' not in test.env


def main():
    ap = argparse.ArgumentParser(description='Soak test of the scheduler.')
    ap.add_argument('filter', nargs='*', default=[])
    ap.add_argument('--gol', default=os.path.join(ROOT, 'build', 'gol'))
    ap.add_argument('--times', type=int, default=100)
    ap.add_argument('--workers', default='2,8')
    ap.add_argument('--jobs', type=int, default=4)
    ap.add_argument('--repeat', default='', help='the program `repeat` of a build')
    ap.add_argument('--at-once', type=int, default=4, help='runs at the same time in a process of `repeat`')
    ap.add_argument('--timeout', type=float, default=60)
    ap.add_argument('--seconds', type=float, default=0, help='stop after this long, whatever was asked')
    a = ap.parse_args()
    a.gol = os.path.abspath(a.gol)
    tests = [t for t in expect.find(ROOT, FOLDERS, [w for w in a.filter if w])
             if t.verb == 'run' and not t.noted['error'] and not t.noted['race'] and 'p8' in t.settings.get('modes', 'p8')]
    if a.repeat:
        tests = [t for t in tests if repeatable(t)]
    rounds = [(t, w) for t in tests for w in a.workers.split(',')]
    lock, failed, runs = threading.Lock(), collections.Counter(), 0
    end = time.monotonic() + a.seconds if a.seconds else None

    def one(job):
        nonlocal runs
        test, workers = job
        if failed[test.name] > 3 or (end and time.monotonic() > end):
            return
        if a.repeat:
            results = repeat(a, test, workers)
        else:
            env = {'GOMAXPROCS': workers, **test.env}
            results = [(1, runner.run([a.gol, 'run', *test.flags, test.path, *test.args], env, test.settings.get('stdin', ''), a.timeout))]
        with lock:
            for count, result in results:
                runs += count
                bad = test.judge(result)
                if bad:
                    failed[test.name] += 1
                    print(f'FAIL {test.name} with {workers} workers, run {runs}' + (f', {count} times' if count > 1 else ''))
                    print('\n'.join('  ' + b for b in bad + ([result.stderr] if result.status is None else [])), flush=True)

    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        for _ in range(1 if a.repeat else a.times):
            random.shuffle(rounds)
            list(pool.map(one, rounds))
    print(f'{runs} runs of {len(tests)} tests')
    print(f'{len(tests) - len(failed)} passed, {len(failed)} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
