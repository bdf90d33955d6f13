#!/usr/bin/env python3
"""Runs the plain C programs that meson built from tests/stress (Criterion cannot start under ThreadSanitizer). Each exits
with 0 when all is well; a sanitizer's report counts as a failure too."""
import argparse, os, subprocess, sys


def main():
    ap = argparse.ArgumentParser(description='Runs the stress programs.')
    ap.add_argument('filter', nargs='?', default='')
    ap.add_argument('--build', required=True)
    ap.add_argument('--timeout', type=float, default=300)
    a = ap.parse_args()
    folder = os.path.join(a.build, 'tests', 'stress')
    programs = [p for p in sorted(os.listdir(folder)) if os.access(os.path.join(folder, p), os.X_OK)
                and p.startswith('stress-') and os.path.isfile(os.path.join(folder, p)) and a.filter in p] if os.path.isdir(folder) else []
    failed = 0
    for p in programs:
        try:
            r = subprocess.run([os.path.join(folder, p)], capture_output=True, text=True, timeout=a.timeout)
            bad = r.returncode != 0 or 'Sanitizer' in r.stderr
            said = f'status {r.returncode}\n{r.stdout[-2000:]}{r.stderr[-6000:]}'
        except subprocess.TimeoutExpired:
            bad, said = True, 'did not end in time'
        if bad:
            failed += 1
            print(f'FAIL stress {p}: {said}')
    print(f'{len(programs) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
