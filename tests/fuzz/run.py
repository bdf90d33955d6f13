#!/usr/bin/env python3
"""Runs the libFuzzer targets, each for some seconds, starting from the .gol tests. What crashes is kept in BUILD/found."""
import argparse, concurrent.futures, os, re, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TARGETS = ['parse', 'check', 'verify']


def seeds(folder):
    """Copies of all tests and samples, as the first corpus; with println for fmt's, because most of the time of a check would
    go into package fmt, which is always the same."""
    os.makedirs(folder, exist_ok=True)
    for top in ('tests/lang', 'samples'):
        for at, _, files in os.walk(os.path.join(ROOT, top)):
            for f in files:
                if f.endswith('.gol'):
                    name = os.path.relpath(os.path.join(at, f), ROOT).replace(os.sep, '_')
                    with open(os.path.join(at, f), 'rb') as text, open(os.path.join(folder, name), 'wb') as seed:
                        seed.write(re.sub(rb'\bfmt\.(Print|Fprint|Sprint)(ln|f)?\b', b'println', text.read()).replace(b'import "fmt"', b''))
    return folder


def fuzz(a, target):
    program = os.path.join(a.build, 'tests', 'fuzz', 'fuzz-' + target)
    corpus = os.path.join(a.build, 'corpus', target)
    found = os.path.join(a.build, 'found', target + '-')
    os.makedirs(corpus, exist_ok=True)
    os.makedirs(os.path.dirname(found), exist_ok=True)
    start = [] if target == 'verify' else [seeds(os.path.join(a.build, 'corpus', 'seeds'))]
    words = [] if target == 'verify' else ['-dict=' + os.path.join(HERE, 'gol.dict')]
    r = subprocess.run([program, f'-max_total_time={a.seconds}', '-timeout=20', '-rss_limit_mb=3000', '-max_len=4096',
                        '-print_final_stats=1', '-artifact_prefix=' + found, *words, corpus, *start],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace')
    return r.returncode, r.stdout


def main():
    ap = argparse.ArgumentParser(description='Runs the fuzz targets.')
    ap.add_argument('--build', required=True)
    ap.add_argument('--seconds', type=int, default=60)
    ap.add_argument('--target', default=','.join(TARGETS))
    a = ap.parse_args()
    targets = a.target.split(',')
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for target, (status, out) in zip(targets, pool.map(lambda t: fuzz(a, t), targets)):
            lines = out.strip().split('\n')
            runs = next((s.split()[-1] for s in lines if 'number_of_executed_units' in s), '?')
            print(f'{target}: {runs} inputs, ' + ('no crash' if status == 0 else 'FAILED'))
            if status:
                failed += 1
                print('\n'.join('  ' + s for s in lines[-60:]))
    print(f'{len(targets) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
