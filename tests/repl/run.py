#!/usr/bin/env python3
"""Tests of the prompt, through a pseudo-terminal.

Transcripts (tests/repl/*.txt, and the session in docs/repl.md) are typed line by line: a line that begins with a prompt is typed,
those up to the next one must be shown. In them `[...]` stands for anything on a line, and a line `[wait: TEXT]` waits until TEXT is on
the screen (from a goroutine) before the next line is typed. What needs other keys is a test method here."""
import glob, os, re, shutil, sys, tempfile, time, unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import cases
from terminal import PROMPTS, Gone, Terminal

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GOL = os.path.join(ROOT, 'build', 'gol')
SLOWER = 1


def steps(text):
    """(line to type, lines expected) of a transcript."""
    found = []
    for line in text.split('\n'):
        if line.startswith(PROMPTS): found.append((line[5:], []))
        elif line.rstrip() in ('gol>', '...>'): found.append(('', []))
        elif found: found[-1][1].append(line)
    return found


def matches(expected, got):
    while expected and not expected[-1].strip(): expected = expected[:-1]
    pattern = '\n'.join('.*'.join(re.escape(part) for part in line.strip().split('[...]')) for line in expected)
    return re.fullmatch(pattern, '\n'.join(line.strip() for line in got).rstrip('\n')) is not None


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.dir)

    def start(self, **options):
        t = Terminal(GOL, self.dir, timeout=15 * SLOWER, **options)
        self.addCleanup(t.close)
        t.prompt()
        return t

    def play(self, text):
        t = self.start()
        for line, expected in steps(text):
            wait = next((e for e in expected if e.startswith('[wait: ')), None)
            got = t.input(line)
            if wait:
                t.see(wait[7:-1])
                t.prompt()
                continue
            if not matches(expected, got):
                self.fail(f'after {line!r}\n--- expected\n' + '\n'.join(expected) + '\n--- shown\n' + '\n'.join(got))
        self.assertEqual(t.leave(), 0)


class Transcripts(Case):
    pass


def transcript(path):
    def test(self):
        with open(path) as f:
            text = f.read()
        if path.endswith('.md'):
            text = '\n'.join(re.findall(r'```gol-session\n(.*?)```', text, re.S))
        self.play(text)
    return test


for path in sorted(glob.glob(os.path.join(ROOT, 'tests', 'repl', '*.txt'))) + glob.glob(os.path.join(ROOT, 'docs', 'repl.md')):
    setattr(Transcripts, 'test_' + os.path.splitext(os.path.basename(path))[0], transcript(path))


class Keys(Case):
    def test_editing(self):
        t = self.start()
        t.type('fmt.Printn("hxllo")')
        t.type('\x1b[D' * 5 + '\x7fe')                 # left, rub out, and again
        t.type('\x01' + '\x1b[C' * 9 + 'l')             # to the beginning, right
        self.assertEqual(t.input(''), ['hello'])

    def test_utf8(self):
        t = self.start()
        self.assertEqual(t.input('"grüß" + "日本"'), ['"grüß日本"'])
        t.type('"äöü"')
        t.type('\x7f\x7f"')
        self.assertEqual(t.input(''), ['"äö"'])
        self.assertEqual(t.input('größe := 3'), [])
        self.assertEqual(t.input('größe'), ['3'])

    def test_interrupt_loop(self):
        t = self.start()
        t.type('for {}\n')
        time.sleep(0.2)
        t.type('\x03')
        t.see('interrupted')
        t.prompt()
        self.assertEqual(t.input('1 + 1'), ['2'])

    def test_interrupt_receive(self):
        t = self.start()
        t.input('ch := make(chan int)')
        t.input('go func() { for { time.Sleep(time.Hour) } }()')  # so that it is no deadlock
        t.type('<-ch\n')
        time.sleep(0.2)
        t.type('\x03')
        t.see('interrupted')
        t.prompt()
        t.input('go func() { ch <- 7 }()')
        self.assertEqual(t.input('<-ch'), ['7'])                  # the interrupted receiver has not taken it

    def test_interrupt_others(self):
        t = self.start()
        for wait, what in (('select {}', 'select (no cases)'), ('time.Sleep(time.Hour)', 'sleep'), ('var m sync.Mutex; m.Lock(); m.Lock()', 'sync.Mutex.Lock'),
                           ('var wg sync.WaitGroup; wg.Add(1); wg.Wait()', 'semacquire'),
                           ('a, b := make(chan int), make(chan int); select { case <-a: case b <- 1: }', 'select')):
            t.input('go func() { time.Sleep(time.Hour) }()')
            t.type(wait + '\n')
            time.sleep(0.15)
            t.type('\x03')
            t.wait(lambda: t.screen.lines()[-2:-1] == ['^C interrupted, in ' + what], 'interrupted: ' + wait)
            t.prompt()
        self.assertEqual(t.input('40 + 2'), ['42'])

    def test_interrupt_runs_deferred_calls(self):
        t = self.start()
        t.type('func() { defer fmt.Println("cleaned up"); for {} }()\n')
        time.sleep(0.2)
        t.type('\x03')
        t.see('cleaned up')
        t.prompt()

    def test_interrupt_line(self):
        t = self.start()
        t.type('fmt.Println(1')
        t.see('fmt.Println(1')
        t.type('\x03')
        t.see('^C')
        t.prompt()
        self.assertEqual(t.input('2'), ['2'])

    def test_interrupt_unfinished(self):
        t = self.start()
        t.input('func f() {')
        t.type('\x03')
        t.see('^C')
        t.prompt()
        self.assertEqual(t.input('3'), ['3'])

    def test_output_while_typing(self):
        t = self.start()
        t.input('go func() { time.Sleep(300 * time.Millisecond); fmt.Println("from below") }()')
        t.type('1 + ')
        t.wait(lambda: 'from below' in t.screen.lines(), 'the output')
        t.wait(lambda: t.screen.rows[t.screen.y].startswith('gol> 1 + '), 'the line again')
        self.assertEqual(t.input('41'), ['42'])
        self.assertLess(t.screen.lines().index('from below'), t.screen.lines().index('gol> 1 + 41'))

    def test_race_while_typing(self):
        t = self.start()
        t.input('x := 0')
        t.input('for range 2 { go func() { time.Sleep(300 * time.Millisecond); x++ }() }')
        t.type('1 + ')
        t.wait(lambda: 'WARNING: DATA RACE' in t.screen.lines(), 'the report')
        t.wait(lambda: t.screen.rows[t.screen.y].startswith('gol> 1 + '), 'the line again')
        self.assertEqual(t.input('41'), ['42'])
        self.assertLess(t.screen.lines().index('WARNING: DATA RACE'), t.screen.lines().index('gol> 1 + 41'))
        self.assertEqual(sum('WARNING' in line for line in t.screen.lines()), 1)

    def test_busy_goroutines(self):
        """Those that always find each other ready leave room for an input."""
        t = self.start()
        t.input('var mu sync.Mutex; var rw sync.RWMutex; n := 0')
        t.input('for range 4 { go func() { for { mu.Lock(); n++; mu.Unlock() } }() }')
        t.input('for range 3 { go func() { for { rw.RLock(); _ = n; rw.RUnlock(); runtime.Gosched() } }() }')
        t.input('for range 2 { go func() { for { rw.Lock(); _ = n; rw.Unlock() } }() }')
        for _ in range(10): self.assertEqual(t.input('1 + 1')[-1], '2')

    def test_output_while_typing_a_long_line(self):
        t = self.start(columns=40)
        t.input('go func() { time.Sleep(500 * time.Millisecond); fmt.Println("from below") }()')
        t.type('"' + 'x' * 90)
        t.wait(lambda: 'from below' in t.screen.lines(), 'the output')
        t.wait(lambda: t.screen.rows[t.screen.y].strip('x') == '', 'the line again')
        t.type('"\n')
        t.prompt()
        shown = t.screen.lines()[t.screen.lines().index('from below') + 1:-1]
        self.assertEqual(''.join(shown), 'gol> ' + 2 * ('"' + 'x' * 90 + '"'))  # the line, once, and its value

    def test_resize(self):
        t = self.start()
        before = len(t.everything)
        t.size(100)
        t.wait(lambda: len(t.everything) > before, 'the line, drawn again')
        t.prompt()
        self.assertEqual(t.screen.rows[t.screen.y].rstrip(), 'gol>')  # one
        t.type('"' + 'y' * 50)
        t.see('y' * 50)
        t.size(30)
        time.sleep(0.2)
        self.assertEqual(''.join(t.input('"')).replace('gol> ', '')[-52:], '"' + 'y' * 50 + '"')

    def test_history(self):
        t = self.start()
        t.input('x := 41')
        t.input('func f(n int) int {')
        t.input('\treturn n * 2')
        t.input('}')
        self.assertEqual(t.leave(), 0)
        t = self.start()
        t.type('\x1b[A')
        t.see('func f(n int) int { return n * 2 }')
        self.assertEqual(t.input(''), [])
        t.type('\x1b[A\x1b[A')
        self.assertEqual(t.input(' + 1'), [])
        self.assertEqual(t.input('f(x)'), ['84'])
        self.assertTrue(os.path.exists(os.path.join(self.dir, 'state', 'gol', 'history')))

    def test_search(self):
        t = self.start()
        t.input('"needle"')
        t.input('"straw"')
        t.type('\x12need')
        t.type('\x05')
        self.assertEqual(t.input(''), ['"needle"'])

    def test_paste_program(self):
        t = self.start()
        t.type('package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc helper() int {\n\treturn 42\n}\n\nfunc main() {\n\tfmt.Fprintln(os.Stdout, "main", helper())\n}\n')
        t.see('main 42')
        t.prompt()
        self.assertEqual(t.input('helper()'), ['42'])

    def test_paste_lines(self):
        t = self.start()
        t.type('a := 1\nb := 2\nfunc add() int {\n\treturn a + b\n}\nadd()\n')
        t.wait(lambda: '3' in t.screen.lines(), '3')
        t.prompt()

    def test_scan(self):
        t = self.start()
        t.input('var name string')
        t.type('fmt.Scanln(&name)\n')
        time.sleep(0.2)
        t.type('gopher\n')
        t.prompt()
        self.assertEqual(t.input('name'), ['"gopher"'])

    def complete(self, t, text):
        """What the line becomes with Tab, and what was listed below it."""
        first = t.screen.y
        t.type(text + '\t')
        while t.pump(0.3): pass
        line, listed = t.screen.rows[t.screen.y][5:].rstrip(), [w for row in t.screen.lines()[first + 1:t.screen.y] for w in row.split()]
        t.type('\x03')
        t.wait(lambda: t.screen.y > first and t.at_prompt(), 'a prompt')
        return line, listed

    def test_completion(self):
        t = self.start()
        t.input('type Point struct { Width, Height int }')
        t.input('func (p Point) Area() int { return p.Width * p.Height }')
        t.input('points := []Point{{1, 2}}')
        self.assertEqual(self.complete(t, 'poi'), ('points', []))
        self.assertEqual(self.complete(t, 'points[0].W'), ('points[0].Width', []))
        self.assertEqual(self.complete(t, 'fmt.Println(points[0].'), ('fmt.Println(points[0].', ['Area(', 'Height', 'Width']))
        self.assertEqual(self.complete(t, 'strings.Repl'), ('strings.Replace', []))
        self.assertEqual(self.complete(t, 'errors.New("x").'), ('errors.New("x").Error(', []))
        self.assertEqual(self.complete(t, 'runt'), ('runtime.', []))
        self.assertEqual(self.complete(t, ':st'), (':stack', []))
        self.assertEqual(self.complete(t, ':type points[0].A'), (':type points[0].Area(', []))
        self.assertEqual(self.complete(t, 'nothinglikeit'), ('nothinglikeit', []))
        self.assertEqual(t.input('points'), ['[]Point{{Width: 1, Height: 2}}'])

    def test_colour(self):
        t = Terminal(GOL, self.dir, env={'NO_COLOR': None}, timeout=15 * SLOWER)
        self.addCleanup(t.close)
        t.prompt()
        t.input('undefined_name')
        self.assertIn(b'\x1b[', t.everything)
        plain = Terminal(GOL, self.dir, timeout=15 * SLOWER)
        self.addCleanup(plain.close)
        plain.prompt()
        plain.input('undefined_name')
        self.assertNotRegex(plain.everything, rb'\x1b\[[0-9;]*m')

    def test_stack(self):
        t = self.start()
        t.input('func waits(c chan int) { <-c }')
        t.input('go waits(make(chan int))')
        listed = t.input(':go')
        number = listed[0].split()[0]
        self.assertIn('chan receive', listed[0])
        self.assertIn('main.waits(...)', t.input(':stack ' + number))

    def test_memory(self):
        """Inputs that leave nothing leave no memory behind. (The detector lets go of what it keeps for it after a thousand
        of them: tests/unit/driver/test_session.c has the time.)"""
        t = self.start()
        t.input(':race off')
        t.input('x := 0')
        lines = ['1 + 1', 'x := x + 1', 'x = 7', 'go func() { x++ }()', 'fmt.Sprint(x)', 'y + 1']
        sizes = []
        for _ in range(6):
            for i in range(100):
                t.type(lines[i % len(lines)] + '\n')
                while t.pump(0.002): pass
            t.prompt()
            with open(f'/proc/{t.pid}/statm') as f: sizes.append(int(f.read().split()[1]) * 4096)
        if 'asan' not in GOL: self.assertLess(sizes[-1] - sizes[1], 2 << 20, sizes)

    def test_no_address_space(self):
        if 'asan' in GOL: return # which needs as much itself
        t = Terminal('/bin/sh', self.dir, args=('-c', f'ulimit -v 100000000; exec {GOL} repl'), timeout=15 * SLOWER)
        self.addCleanup(t.close)
        t.prompt()
        no = 'data races are not watched for: the system does not give the address space for that (ulimit -v)'
        self.assertIn(no, t.screen.lines())
        self.assertEqual(t.input('6 * 7'), ['42'])
        self.assertEqual(t.input(':race'), ['data races are not watched for'])
        self.assertEqual(t.input(':race on'), [no])

    def test_gol_alone(self):
        t = self.start(args=())
        self.assertEqual(t.input('6 * 7'), ['42'])
        self.assertEqual(t.leave(), 0)

    def test_quit(self):
        for word in (':quit', 'exit', 'quit'):
            t = self.start()
            t.type(word + '\n')
            with self.assertRaises(Gone):
                t.wait(lambda: False, 'the end')
            self.assertEqual(t.status, 0)


def begin(arguments):
    global GOL, SLOWER
    GOL, SLOWER = arguments.gol, arguments.slower


if __name__ == '__main__':
    sys.exit(cases.run('repl', GOL, begin))
