#!/usr/bin/env python3
"""Runs the channel, select, mutex and timer tests many times with 2 and 8 workers, looking for hangs and crashes.

A run fails when it does not end, ends by a signal, or does not do what its test expects. Every worker thread of this
script keeps one child; with more jobs than cores the schedules vary more."""
import argparse, collections, concurrent.futures, os, random, sys, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
import expect, run as runner

FOLDERS = ['tests/lang/' + t for t in ('channels', 'select', 'sync', 'atomic', 'time', 'deadlock', 'goroutines', 'seed')] + ['samples']


def main():
    ap = argparse.ArgumentParser(description='Soak test of the scheduler.')
    ap.add_argument('filter', nargs='*', default=[])
    ap.add_argument('--gol', default=os.path.join(ROOT, 'build', 'gol'))
    ap.add_argument('--times', type=int, default=100)
    ap.add_argument('--workers', default='2,8')
    ap.add_argument('--jobs', type=int, default=4)
    ap.add_argument('--timeout', type=float, default=60)
    ap.add_argument('--seconds', type=float, default=0, help='stop after this long, whatever was asked')
    a = ap.parse_args()
    a.gol = os.path.abspath(a.gol)
    tests = [t for t in expect.find(ROOT, FOLDERS, [w for w in a.filter if w])
             if t.verb == 'run' and not t.noted['error'] and not t.noted['race'] and 'p8' in t.settings.get('modes', 'p8')]
    rounds = [(t, w) for t in tests for w in a.workers.split(',')]
    lock, failed, runs = threading.Lock(), collections.Counter(), 0
    end = time.monotonic() + a.seconds if a.seconds else None

    def one(job):
        nonlocal runs
        test, workers = job
        if failed[test.name] > 3 or (end and time.monotonic() > end):
            return
        env = {'GOMAXPROCS': workers, **test.env}
        result = runner.run([a.gol, 'run', *test.flags, test.path, *test.args], env, test.settings.get('stdin', ''), a.timeout)
        bad = test.judge(result)
        with lock:
            runs += 1
            if bad:
                failed[test.name] += 1
                print(f'FAIL {test.name} with {workers} workers, run {runs}')
                print('\n'.join('  ' + b for b in bad), flush=True)

    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        for _ in range(a.times):
            random.shuffle(rounds)
            list(pool.map(one, rounds))
    print(f'{runs} runs of {len(tests)} tests')
    print(f'{len(tests) - len(failed)} passed, {len(failed)} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
