#!/usr/bin/env python3
"""Runs the Criterion programs of tests/unit by `meson test` and counts their tests, not the programs."""
import argparse, json, os, re, subprocess, sys

SYNTHESIS = re.compile(r'Tested: (\d+) \| Passing: (\d+) \| Failing: (\d+) \| Crashing: (\d+)')


def main():
    ap = argparse.ArgumentParser(description='Runs the unit tests.')
    ap.add_argument('filter', nargs='?', default='', help='only programs whose name contains this')
    ap.add_argument('--build', required=True)
    ap.add_argument('--jobs', default='2')
    a = ap.parse_args()
    listed = subprocess.run(['meson', 'introspect', '--tests', a.build], capture_output=True, text=True)
    names = [t['name'] for t in json.loads(listed.stdout or '[]') if 'unit' in ''.join(t['suite']) or not t['suite']]
    names = [n for n in names if a.filter in n]
    if not names:
        print('0 passed, 0 failed')
        return 0
    log = os.path.join(a.build, 'meson-logs', 'testlog.json')
    if os.path.exists(log):
        os.remove(log)
    ran = subprocess.run(['meson', 'test', '-C', a.build, '--no-rebuild', '--num-processes', a.jobs, *names],
                         capture_output=True, text=True)
    passed = failed = 0
    results = []
    if os.path.exists(log):
        with open(log) as f:
            results = [json.loads(line) for line in f]
    else:
        print(ran.stdout + ran.stderr)
    for r in results:
        text = (r.get('stdout') or '') + (r.get('stderr') or '')
        m = SYNTHESIS.search(text)
        good = int(m[2]) if m else 0
        bad = int(m[3]) + int(m[4]) if m else 0
        if r['result'] != 'OK' and not bad:
            bad = 1
        if m is None and not bad:
            good = 1  # not a Criterion program
        passed, failed = passed + good, failed + bad
        if bad:
            print(f"FAIL {r['name']}: {r['result']}\n{text}")
    failed += len(names) - len(results)
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
