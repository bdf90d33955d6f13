"""What a second thread reads ahead (src/driver/ahead.h): that nobody sees that it does."""
import os

from case import Case


def long_program(middle, end='', package='main'):
    functions = [f'func f{i}(a, b int) int {{\n\tx := a*{i} + b\n\tif x > {i} {{\n\t\tx -= b\n\t}}\n\treturn x\n}}\n' for i in range(1000)]
    functions[500:500] = [middle]
    calls = ''.join(f'\ts += f{i}(s&7, {i})\n' for i in range(1000))
    return f'package {package}\n\nimport "fmt"\n\n' + '\n'.join(functions) + f'\nfunc main() {{\n\ts := 0\n{calls}\tfmt.Println(s&0xffff)\n}}\n{end}'


LONG_RESULT = '3280\n'


def on_one_processor():
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])


class LongFiles(Case):
    """A second thread reads the functions of a long file (src/driver/ahead.h). Nobody must see that it does."""

    def long(self, *what, **options):
        return self.file('long.go', long_program(*what, **options))

    def same(self, path, *wanted, others=()):
        """With one processor there is no second thread."""
        self.gol('run', path, *others, prepare=on_one_processor)
        alone = self.err
        self.assertNotEqual(alone, '')
        for _ in range(3):
            self.gol('run', path, *others)
            self.expect(1)
            self.assertEqual(self.err, alone)
        for text in wanted:
            self.assertIn(text, alone)

    def test_right(self):
        self.gol('run', self.long(''))
        self.expect(0, out=LONG_RESULT)

    def test_type_errors(self):
        self.same(self.long('func g() int { return "x" }\nfunc h() { y := 1 }\n', 'func last() { undefined() }\n'), 'cannot use "x"', 'declared and not used: y', 'undefined: undefined')

    def test_syntax_errors_are_all_there_is(self):
        self.same(self.long('func g() int { return "x" }\nfunc h() { if { }; x := ; }\n', 'func last() { undefined() }\n'), 'missing condition in if statement')
        self.assertNotIn('undefined', self.err)

    def test_complaints_that_are_no_syntax_errors(self):
        self.same(self.long("func g() { x := 08; goto L; _ = 'ab' }\n", 'func last() { undefined() }\n'))

    def test_braces_that_do_not_match(self):
        self.same(self.long('func g() { if true { \n'))
        self.same(self.long('func g() { } }\n'))
        self.same(self.long('func g() { s := "abc }\n }\n'))

    def test_functions_that_nobody_checks(self):
        self.same(self.long('func g() {}\nfunc g() { if { } }\n'), 'missing condition in if statement')
        self.assertNotIn('redeclared', self.err)

    def test_no_program(self):
        self.same(self.long('func g() { if { } }\n', package='shapes'), 'missing condition in if statement')
        self.same(self.long('func g() { undefined() }\n', package='shapes'), 'package shapes is not a main package')

    def test_more_files(self):
        wrong = self.file('wrong.go', 'package main\n\nfunc other() { if { } }\n')
        self.same(self.long('func g() { if { } }\n'), 'long.go', 'wrong.go', others=[wrong])
        self.same(self.long('func g() { undefined() }\n'), 'wrong.go', others=[wrong])
        self.assertNotIn('long.go', self.err)
        right = self.file('right.go', 'package main\n\nfunc other() { }\n')
        self.same(self.long('func g() { undefined() }\nfunc h() { if { } }'), 'missing condition', others=[right])
        self.gol('run', self.long('func g() { other() }\n'), right)
        self.expect(0)

    def test_race_detector(self):
        self.gol('run', '-race', self.long(''))
        if 'does not give the address space' in self.err:
            self.skipTest('an instrumented binary leaves no address space for it')
        self.expect(0, out=LONG_RESULT)

    def test_directives(self):
        self.same(self.long('func g() {\n//line other.go:7\n\tundefined()\n}\nfunc h() { undefined() }\n'), 'other.go:7')
        self.same(self.long('func g() {\n\t//go:noinline\n\tundefined()\n}\n'))

    def test_too_deep(self):
        self.same(self.long('func g() int { return ' + '(' * 20000 + '1' + ')' * 20000 + ' }\n'), 'nesting too deep')


class ManyPackages(Case):
    """A second thread reads the files of standard packages, if they are many (src/driver/ahead.h). Nobody must see that it does."""
    PACKAGES = ('bufio', 'bytes', 'context', 'errors', 'fmt', 'io', 'math', 'net/http', 'net/url', 'os', 'sort', 'strings', 'time')
    USES = '''w := bufio.NewWriter(os.Stdout)
ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
cancel()
words := strings.Fields("many packages")
sort.Strings(words)
fmt.Fprintln(w, words, bytes.ToUpper([]byte("x")), errors.Is(ctx.Err(), context.Canceled), math.Sqrt(4), io.EOF)
fmt.Fprintln(w, http.StatusText(404), url.QueryEscape("a b"))
w.Flush()
'''
    RESULT = '[many packages] [88] true 2 EOF\nNot Found a+b\n'

    def program(self, more=''):
        imports = ''.join(f'import "{p}"\n' for p in self.PACKAGES)
        return self.file('many.go', f'package main\n\n{imports}\nfunc main() {{\n{self.USES}{more}}}\n')

    def test_script(self):
        path = self.file('many.gol', self.USES)
        for prepare in [None] * 10 + [on_one_processor]:
            self.gol('run', path, prepare=prepare)
            self.expect(0, out=self.RESULT)

    def test_program(self):
        for prepare in [None] * 10 + [on_one_processor]:
            self.gol('run', self.program(), prepare=prepare)
            self.expect(0, out=self.RESULT)

    def test_names_that_are_no_packages(self):
        self.file('names.gol', 'http, url, bufio, json, pdq := 1, 2, 3, 4, 5\nfmt.Println(http + url + bufio + json + pdq)\n')
        self.gol('names.gol')
        self.expect(0, out='15\n')

    def test_errors(self):
        path = self.program('x := bufio.Nothing\nvar s string = 5\n')
        self.gol('run', path, prepare=on_one_processor)
        alone = self.err
        self.assertIn('undefined: bufio.Nothing', alone)
        self.assertIn('declared and not used: x', alone)
        for _ in range(5):
            self.gol('run', path)
            self.expect(1)
            self.assertEqual(self.err, alone)

    def test_paths_that_are_none(self):
        self.file('wrong.go', 'package main\n\nimport ""\nimport `x`\nimport "net/http"\nimport "bufio"\nfunc main() {}\n')
        self.gol('run', 'wrong.go', prepare=on_one_processor)
        alone = self.err
        self.gol('run', 'wrong.go')
        self.expect(1, '', 'invalid import path (empty string)')
        self.assertEqual(self.err, alone)

    def test_race_detector(self):
        self.gol('run', '-race', self.program())
        if 'does not give the address space' in self.err:
            self.skipTest('an instrumented binary leaves no address space for it')
        self.expect(0, out=self.RESULT)
