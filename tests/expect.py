"""What a .gol test says about itself, and whether a run kept to it.

The first line of a test (or its last, where readers come first) is its recipe, the rest of what it expects stands in comments on the lines concerned:

    // run -seed 7 exit=3           run it: flags for `gol run`, then settings; `-- a b` gives the program arguments
    // vet                          check it only
    fmt.Println(1)  // expect: 1    a line of standard output; they come in the order of the file
    x := 1          // error: declared and not used: x          a compile error on this line; /.../ is a regular expression
    panic("no")     // panic: no    the run ends with this panic, status 2, and this line is in the trace
    <-ch            // blocked: chan receive                    in a deadlock report: a goroutine with that state (or one of a|b) is on this line
    // fatal: all goroutines are asleep - deadlock!             the run ends with this fatal error, status 2
    // stderr: text                 a line of standard error
    // race: text                   a data race whose report names this line (needs -race)
    /* output:                      all of standard output, for longer ones; or a file NAME.out beside the test
    ... */

Settings: exit=N, timeout=SECONDS, modes=p1,p8 (see run.py), order=any (lines of output in any order), stdin=TEXT,
follow=any (more errors than expected may follow the first one: what a parser says of the rest is its own affair),
server=http (serve/serve.py runs meanwhile, and says in the environment where),
go=no (real Go would answer differently, and should: the comment after it says why), and NAME=VALUE in capitals for the environment.
Everything that is reported must be expected, and everything expected must be reported.
"""
import difflib, os, re, shlex, signal

KINDS = 'expect|error|panic|fatal|blocked|stderr|race'
COMMENT = re.compile(r'\s*//\s*(' + KINDS + r'):[ \t]?')
SETTINGS = ('exit', 'timeout', 'modes', 'order', 'stdin', 'go', 'follow', 'server')
DIAGNOSTIC = re.compile(r'^(\S.*?):(\d+)(?::\d+)?: (.*)$')
GOROUTINE = re.compile(r'^goroutine (\d+)(?: gp=\S+ m=\S+)? \[([^\],]+)[^\]]*\]:$')
MUCH = 1 << 24  # of output: more is not looked at
FRAME = re.compile(r'^\t(.*?):(\d+)(?: \+0x[0-9a-f]+)?$')


class Result:
    """How a run ended. status is None when it had to be killed."""

    def __init__(self, stdout, stderr, status):
        self.stdout, self.stderr, self.status = stdout, stderr, status


class Test:
    def __init__(self, path, name):
        self.path, self.name, self.base = path, name, os.path.basename(path)
        self.verb, self.flags, self.args, self.settings, self.env = 'run', [], [], {}, {}
        self.noted = {kind: [] for kind in KINDS.split('|')}  # kind -> [(line, text)]
        with open(path, encoding='utf-8', errors='surrogateescape', newline='') as f:
            self.source = f.read()
        self.lines = self.source.split('\n')
        self.read_recipe()
        self.read_notes()
        self.read_output()

    def read_recipe(self):
        places = [s for s in self.lines[:2] if not s.startswith('#!')][:1] + [s for s in self.lines if s][-1:]
        m = next(filter(None, (re.match(r'// (run|vet)\b(.*)', s) for s in places)), None)
        if not m:
            return
        self.verb, rest = m[1], m[2].split('//')[0]
        words = shlex.split(rest)
        if '--' in words:
            at = words.index('--')
            words, self.args = words[:at], words[at + 1:]
        for w in words:
            key, eq, value = w.partition('=')
            if eq and key in SETTINGS:
                self.settings[key] = value
            elif eq and re.fullmatch(r'[A-Z_0-9]+', key):
                self.env[key] = value
            else:
                self.flags.append(w)

    def read_notes(self):
        for number, line in enumerate(self.lines, 1):
            found = list(COMMENT.finditer(line))
            for m, after in zip(found, found[1:] + [None]):
                text = line[m.end():after.start() if after else None].rstrip()
                self.noted[m[1]].append((number, text))

    def read_output(self):
        """self.output: the expected lines; self.exact: also their trailing blanks count."""
        self.exact = False
        self.output = [text for _, text in self.noted['expect']]
        block = re.search(r'^/\* output:\n(.*?)^\*/', self.source, re.S | re.M)
        beside = self.path.rsplit('.', 1)[0] + '.out'
        if block:
            self.output = block[1].split('\n')[:-1]
        elif os.path.exists(beside):
            self.exact = True
            with open(beside, encoding='utf-8', errors='surrogateescape', newline='') as f:
                self.output = f.read().split('\n')

    def status(self):
        if 'exit' in self.settings:
            return int(self.settings['exit'])
        if self.noted['error']:
            return 1
        return 2 if self.noted['panic'] or self.noted['fatal'] else 0

    # --- judging -------------------------------------------------------------------------------------------------

    def judge(self, result):
        """The list of complaints about a result; empty if all went as expected."""
        if result.status is None:
            return ['did not end in time'] + self.judge_output(result.stdout)[:1]
        bad = []
        if result.status != self.status():
            bad.append(f'exit status {result.status}, expected {self.status()}')
        if self.noted['error'] or (self.verb == 'vet'):
            bad += self.judge_errors(result.stderr)
        else:
            bad += self.judge_stderr(result.stderr)
        bad += self.judge_output(result.stdout)
        if bad and result.stderr.strip() and not any('standard error' in b for b in bad):
            bad.append('standard error was:\n' + indent(result.stderr))
        return bad

    def judge_output(self, text):
        got, want = text[:MUCH].split('\n'), list(self.output)
        if not self.exact:
            got = [s.rstrip() for s in got]
            want = [s.rstrip() for s in want]
            if got and got[-1] == '':
                got.pop()
        if self.settings.get('order') == 'any':
            got, want = sorted(got), sorted(want)
        if got == want:
            return []
        diff = difflib.unified_diff(want, got[:len(want) + 100], 'expected', 'output', n=2, lineterm='')
        return ['standard output differs:\n' + indent('\n'.join(list(diff)[:60]))]

    def judge_errors(self, stderr):
        reported = []
        for line in stderr.split('\n'):
            m = DIAGNOSTIC.match(line)
            if m and os.path.basename(m[1]) == self.base:
                reported.append((int(m[2]), m[3]))
        bad, unseen = [], list(self.noted['error'])
        for number, message in reported:
            hit = next((n for n in unseen if n[0] == number and text_matches(n[1], message)), None)
            if hit:
                unseen.remove(hit)
            elif self.settings.get('follow') == 'any' and len(unseen) < len(self.noted['error']):
                continue
            elif not any(n == number and text_matches(t, message) for n, t in self.noted['error']):
                bad.append(f'not expected: line {number}: {message}')
        return bad + [f'not reported: line {n}: error: {t}' for n, t in unseen]

    def judge_stderr(self, stderr):
        lines = stderr.split('\n')
        bad = []
        for kind, start in (('panic', 'panic: '), ('fatal', 'fatal error: ')):
            for number, text in self.noted[kind]:
                if not any(start in s and text_is(text, s.split(start, 1)[1]) for s in lines):
                    bad.append(f'line {number}: {kind} not reported: {text}')
                elif kind == 'panic' and not any(os.path.basename(f) == self.base and n == number
                                                 for f, n in all_frames(lines)):
                    bad.append(f'line {number} is not in the trace of its panic')
        for number, text in self.noted['stderr']:
            if not any(text_matches(text, s) for s in lines):
                bad.append(f'line {number}: not on standard error: {text}')
        for number, text in self.noted['race']:
            if 'DATA RACE' not in stderr or f'{self.base}:{number}' not in stderr:
                bad.append(f'line {number}: no race reported')
        if self.noted['race'] == [] and 'DATA RACE' in stderr:
            bad.append('a race was reported')
        bad += self.judge_blocked(lines)
        if stderr.strip() and not any(self.noted[k] for k in ('panic', 'fatal', 'stderr', 'race')):
            bad.append('nothing was expected on standard error, which was:\n' + indent(stderr))
        return bad

    def judge_blocked(self, lines):
        deadlock = any('deadlock' in text for _, text in self.noted['fatal'])
        if not self.noted['blocked'] and not deadlock:
            return []
        seen = {}
        for state, frames in goroutines(lines):
            at = next((n for f, n in frames if os.path.basename(f) == self.base), None)
            if at is not None:
                seen[at, state] = True
        wanted = {(n, text): text.split('|') for n, text in self.noted['blocked']}
        hit = lambda at, states: any((at, s) in seen for s in states)
        return ([f'line {n}: no goroutine reported as blocked in [{text}]' for (n, text), states in wanted.items()
                 if not hit(n, states)] +
                [f'line {n}: a goroutine is blocked in [{s}], not expected' for n, s in seen
                 if not any(n == at and s in states for (at, _), states in wanted.items())])


def text_is(wanted, message):
    """The whole message, but for marks like [recovered] at its end."""
    if len(wanted) > 1 and wanted[0] == wanted[-1] == '/':
        return re.search(wanted[1:-1], message) is not None
    return wanted == re.sub(r'( \[(recovered|.*goroutine.*)\])+$', '', message)


def text_matches(wanted, message):
    if len(wanted) > 1 and wanted[0] == wanted[-1] == '/':
        return re.search(wanted[1:-1], message) is not None
    return wanted in message


def goroutines(lines):
    """(state, [(file, line)]) for each goroutine of a trace; the frames of its creator do not count."""
    state, frames, creator = None, [], False
    for line in lines + ['']:
        m = GOROUTINE.match(line)
        if m:
            state, frames, creator = m[2], [], False
        elif line.startswith('created by '):
            creator = True
        elif line == '':
            if state is not None:
                yield state, frames
            state = None
        elif not creator:
            m = FRAME.match(line)
            if m:
                frames.append((m[1], int(m[2])))


def all_frames(lines):
    return [(m[1], int(m[2])) for m in map(FRAME.match, lines) if m]


def indent(text):
    lines = text.rstrip('\n').split('\n')
    if len(lines) > 40:
        lines = lines[:30] + [f'... {len(lines) - 38} lines left out ...'] + lines[-8:]
    return '\n'.join('    | ' + s for s in lines)


def find(root, folders, wanted):
    """The tests below folders whose name contains one of the words in wanted, sorted."""
    tests = []
    for folder in folders:
        for at, dirs, files in os.walk(os.path.join(root, folder)):
            dirs.sort()
            for f in sorted(files):
                path = os.path.join(at, f)
                name = os.path.relpath(path, root)
                if f.endswith('.gol') and 'data' not in name.split(os.sep) and (not wanted or any(w in name for w in wanted)):
                    tests.append(Test(path, name))
    return tests


def ordinary_signals():
    """A shell ignores these in what it runs in the background, and the tests' programs would inherit that."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
