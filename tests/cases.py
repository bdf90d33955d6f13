"""The unittest cases of a script, counted as all other tests are: how cli/run.py and repl/run.py end."""
import argparse, os, sys, unittest

import expect


class Count(unittest.TextTestResult):
    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def run(name, gol, begin):
    """Runs the cases of the main module whose `name CLASS.METHOD` contains the filter of the command line. begin(arguments) is
    called before them; `gol` is the binary where none is named. The exit status is returned."""
    ap = argparse.ArgumentParser(description=sys.modules['__main__'].__doc__)
    ap.add_argument('filter', nargs='?', default='')
    ap.add_argument('--gol', default=gol, type=os.path.abspath)
    ap.add_argument('--slower', type=float, default=1, help='factor on times, for instrumented builds')
    a = ap.parse_args()
    expect.ordinary_signals()
    if not os.access(a.gol, os.X_OK):
        print(f'there is no {a.gol}; build it first\n0 passed, 1 failed')
        return 1
    begin(a)

    def title(test):
        return f'{name} {test.id().replace("__main__.", "")}'
    suite = unittest.TestSuite(t for group in unittest.defaultTestLoader.loadTestsFromModule(sys.modules['__main__'])
                               for t in group if a.filter in title(t))
    result = Count(unittest.runner._WritelnDecorator(sys.stdout), True, 0)
    suite.run(result)
    bad = result.failures + result.errors
    for test, text in bad:
        print(f'FAIL {title(test)}\n  ' + '\n  '.join(text.strip().split('\n')[-40:]))
    print(f'{result.passed} passed, {len(bad)} failed' + (f', {len(result.skipped)} skipped' if result.skipped else ''))
    return 1 if bad else 0
