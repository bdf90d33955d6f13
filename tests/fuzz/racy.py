#!/usr/bin/env python3
"""Random programs full of data races: whatever they do, the machine must neither crash nor hang nor read foreign memory.

Each program comes from a number (its seed). Its goroutines share variables of many types without any lock. What is stored
in them is recognisable (strings of a to e, numbers from 1000 to 1999, nodes with a magic field), so a value that nobody
stored (a string with another one's length, an interface whose type and word do not belong together) is noticed and
printed. A panic of a racing operation is recovered; "concurrent map writes" and the like may end a program.

    racy.py --count 1000 --seed 1      programs 1 to 1000
    racy.py --show 17                  print program 17
    racy.py --race                     under the race detector, which must report in Go's way and nothing else
"""
import argparse, concurrent.futures, os, random, re, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

HEADER = '''package main

import (
	"fmt"
	"sort"
	"strings"
	"sync"
)

type node struct {
	magic int
	name  string
	next  *node
	tags  []int
}
type wide struct {
	a    string
	n    int
	b    []int
	any  any
	p    *node
	name [2]string
}
type shape interface{ area() int }
type square struct{ side int }
type box struct {
	name string
	n    *node
}

func (s square) area() int { return number(s.side) }
func (b *box) area() int   { checkString(b.name); checkNode(b.n); return 1000 }

var _ = sort.Ints
var _ = strings.Join
var _ = fmt.Sprint

func bad(what string, v any) { println("BAD", what); panic(what) }

func number(n int) int {
	if n < 1000 || n > 1999 {
		bad("number", n)
	}
	return n
}
func checkString(s string) {
	if len(s) > 200 {
		bad("length of string", len(s))
	}
	for i := 0; i < len(s); i++ {
		if s[i] < 'a' || s[i] > 'e' {
			bad("string", s)
		}
	}
}
func checkInts(s []int) {
	if len(s) > cap(s) || cap(s) > 4096 {
		bad("length of slice", len(s))
	}
	for _, x := range s {
		if x != 0 {
			number(x)
		}
	}
}
func checkStrings(s []string) {
	for _, x := range s {
		checkString(x)
	}
}
func checkNode(n *node) {
	for i := 0; n != nil && i < 50; i++ {
		if n.magic != 0x5aa5 {
			bad("node", n.magic)
		}
		checkString(n.name)
		checkInts(n.tags)
		n = n.next
	}
}
func checkAny(v any) {
	switch x := v.(type) {
	case nil:
	case int:
		number(x)
	case string:
		checkString(x)
	case []int:
		checkInts(x)
	case []string:
		checkStrings(x)
	case *node:
		checkNode(x)
	case node:
		checkNode(&x)
	case wide:
		checkWide(x)
	case func() int:
		number(x())
	case shape:
		x.area()
	case [3]int:
		for _, e := range x {
			if e != 0 {
				number(e)
			}
		}
	case float64:
		number(int(x))
	case map[int]string:
	case error:
		checkString(x.Error())
	default:
		bad("type of interface", 0)
	}
}
func checkWide(w wide) {
	checkString(w.a)
	if w.n != 0 {
		number(w.n)
	}
	checkInts(w.b)
	if _, nested := w.any.(wide); !nested {
		checkAny(w.any)
	}
	checkNode(w.p)
	checkString(w.name[0])
	checkString(w.name[1])
}
// Of one slice: with two reads, the length of one of them could reach into the other's spare capacity, which is zero.
func head(b []byte) []byte {
	return b[:min(len(b), 30)]
}

func cut(s string) string {
	if len(s) > 60 {
		return s[len(s)-60:]
	}
	return s
}

type failure struct{ s string }

func (f failure) Error() string { return f.s }

'''

# Shared variables: kind -> (declared type, first value)
KINDS = {
    'str': ('string', '"abc"'),
    'ints': ('[]int', 'make([]int, 4)'),
    'strs': ('[]string', '[]string{"a", "bb", "ccc"}'),
    'bytes': ('[]byte', '[]byte("abcde")'),
    'any': ('any', '"a"'),
    'node': ('*node', '&node{magic: 0x5aa5, name: "a"}'),
    'wide': ('wide', 'wide{a: "a", n: 1000}'),
    'pwide': ('*wide', '&wide{a: "a", n: 1000}'),
    'arr': ('[4]string', '[4]string{"a", "b", "c", "d"}'),
    'anys': ('[]any', '[]any{1000, "a", nil}'),
    'func': ('func() int', 'func() int { return 1001 }'),
    'shape': ('shape', 'shape(square{1000})'),
    'chan': ('chan string', 'make(chan string, 2)'),
    'map': ('map[int]string', 'map[int]string{1000: "a"}'),
    'smap': ('map[string][]int', 'map[string][]int{"a": {1000}}'),
    'amap': ('map[any]string', 'map[any]string{"a": "b"}'),
    'wides': ('[]wide', 'make([]wide, 3)'),
    'nested': ('[][]int', '[][]int{{1000}, {1001, 1002}}'),
    'err': ('error', 'error(failure{"a"})'),
    'int': ('int', '1000'),
    'flt': ('float64', '1000.0'),
}


class Gen:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.fresh = 0
        kinds = list(KINDS)
        if self.r.random() < 0.7:  # most of those with maps end early
            kinds = [k for k in kinds if k not in ('map', 'smap', 'amap')]
        self.shared = {k: [] for k in KINDS}
        self.globals, self.locals = [], []
        for i in range(self.r.randint(3, 10)):
            k = self.r.choice(kinds)
            name = f'v{i}'
            (self.globals if self.r.random() < 0.6 else self.locals).append((name, k))
            self.shared[k].append(name)

    def name(self):
        self.fresh += 1
        return f't{self.fresh}'

    def pick(self, kind):
        return self.r.choice(self.shared[kind]) if self.shared[kind] else None

    def value(self, kind, depth=2):
        """An expression of the kind's type."""
        r = self.r
        v = self.pick(kind)
        if v and r.random() < 0.4:
            return v
        if kind == 'str':
            s = self.pick('strs')
            options = [f'"{"".join(r.choice("abcde") for _ in range(r.randint(0, 12)))}"']
            if depth > 0:
                options += [f'cut({self.value("str", depth - 1)} + {self.value("str", depth - 1)})',
                            f'strings.Repeat("{r.choice("abcde")}", {r.randint(0, 30)})']
            if s:
                options += [f'{s}[i%len({s})]', f'cut(strings.Join({s}[:min(len({s}), 4)], "e"))']
            if self.pick('bytes'):
                options += [f'cut(string({self.pick("bytes")}))']
            if self.pick('arr'):
                options += [f'{self.pick("arr")}[i&3]']
            if v:
                options += [f'{v}[i%(len({v})+1):]', f'{v}[:i%(len({v})+1)]']
            return r.choice(options)
        if kind == 'int':
            options = ['1000 + i%1000', str(r.randint(1000, 1999))]
            if self.pick('ints'):
                options += [f'max(1000, {self.pick("ints")}[i%len({self.pick("ints")})])']
            if self.pick('func'):
                options += [f'{self.pick("func")}()']
            if self.pick('shape'):
                options += [f'{self.pick("shape")}.area()']
            return r.choice(options)
        if kind == 'flt':
            return 'float64(1000 + i%1000)'
        if kind == 'ints':
            n = self.value('int', 0)
            options = [f'[]int{{{n}, {n}}}', f'make([]int, i%9)', f'append([]int(nil), {n}, {n}, {n})']
            if v:
                options += [f'append({v}[:min(len({v}), 20)], {n})', f'{v}[i%(len({v})+1):]', f'{v}[:i%(cap({v})+1)]', f'{v}[:i%3:i%7+2]']
            return r.choice(options)
        if kind == 'strs':
            options = [f'[]string{{{self.value("str", 1)}, {self.value("str", 1)}}}', 'make([]string, i%5)']
            if v:
                options += [f'append({v}[:min(len({v}), 12)], {self.value("str", 1)})', f'strings.Split({self.value("str", 1)}, "c")']
            return r.choice(options)
        if kind == 'bytes':
            options = [f'[]byte({self.value("str", 1)})']
            if v:
                options += [f'append(head({v}), {self.value("str", 1)}...)']
            return r.choice(options)
        if kind == 'any':
            k = r.choice(['str', 'int', 'ints', 'strs', 'node', 'func', 'shape', 'err', 'flt'])
            options = [self.value(k, depth - 1), f'[3]int{{{self.value("int", 0)}}}', 'nil', 'node{magic: 0x5aa5, name: "ab"}']
            if self.pick('wide') or self.pick('pwide'):
                options += [self.value('wide', 0)]
            return f'any({r.choice(options)})'
        if kind == 'node':
            node = self.pick('node')
            after = node if node and r.random() < 0.3 else 'nil'
            return f'&node{{0x5aa5, {self.value("str", 1)}, {after}, {self.value("ints", 1)}}}'
        if kind == 'wide':
            return (f'wide{{a: {self.value("str", 1)}, n: {self.value("int", 0)}, b: {self.value("ints", 0)}, any: {self.value("int", 0)}, '
                    f'p: {self.value("node", 0)}, name: [2]string{{{self.value("str", 0)}}}}}')
        if kind == 'pwide':
            return '&' + self.fresh_composite()
        if kind == 'arr':
            return f'[4]string{{{self.value("str", 1)}, {self.value("str", 1)}}}'
        if kind == 'anys':
            options = [f'[]any{{{self.value("any", 0)}, {self.value("any", 0)}}}']
            if v:
                options += [f'append({v}[:min(len({v}), 9)], {self.value("any", 1)})']
            return r.choice(options)
        if kind == 'func':
            t = self.name()
            return f'func() func() int {{ {t} := {self.value("int", 0)}; return func() int {{ return {t} }} }}()'
        if kind == 'shape':
            return r.choice([f'shape(square{{{self.value("int", 0)}}})', f'shape(&box{{{self.value("str", 1)}, {self.value("node", 0)}}})'])
        if kind == 'chan':
            return f'make(chan string, {r.randint(0, 3)})'
        if kind == 'map':
            return 'map[int]string{1000: "ab", 1001: "cd"}'
        if kind == 'smap':
            return 'map[string][]int{"a": {1000}, "b": nil}'
        if kind == 'amap':
            return 'map[any]string{"a": "ab", 1000: "cd"}'
        if kind == 'wides':
            return 'make([]wide, 3)'
        if kind == 'nested':
            return f'[][]int{{{self.value("ints", 1)}, {self.value("ints", 1)}}}'
        if kind == 'err':
            return f'error(failure{{{self.value("str", 1)}}})'
        raise AssertionError(kind)

    def fresh_composite(self):
        return f'wide{{a: {self.value("str", 1)}, n: {self.value("int", 0)}}}'

    def statement(self):
        r = self.r
        kind = r.choice([k for k, names in self.shared.items() if names])
        v, t = self.pick(kind), self.name()
        options = [f'{v} = {self.value(kind)}']
        if kind == 'str':
            options += [f'checkString({v})', f'{t} := {v}; checkString({t}); if {t} == {self.value("str", 0)} {{ {v} = "e" }}',
                        f'for _, {t} := range {v} {{ if {t} < 97 || {t} > 101 {{ bad("rune", {t}) }} }}',
                        f'checkString(fmt.Sprint({v}))', f'checkString(strings.Replace({v}, "a", "b", -1))', f'_ = strings.Contains({v}, "abc")']
        elif kind == 'ints':
            options += [f'checkInts({v})', f'{v}[i%len({v})] = {self.value("int", 1)}', f'{v} = append({v}[:min(len({v}), 30)], {self.value("int", 1)})',
                        f'copy({v}, {self.value("ints", 1)})', f'for {t} := range {v} {{ {v}[{t}] = 1000 + {t} }}', f'sort.Ints({v})',
                        f'_ = fmt.Sprint({v})', f'clear({v})', f'{t} := {v}; {t} = append({t}, 1500); checkInts({t})',
                        f'{t} := [2]int({v}); checkInts({t}[:])']
        elif kind == 'strs':
            options += [f'checkStrings({v})', f'{v}[i%len({v})] = {self.value("str", 1)}', f'checkString(strings.Join({v}[:min(len({v}), 3)], "a"))',
                        f'copy({v}, {self.value("strs", 1)})', f'sort.Strings({v})', f'{v}[0], {v}[1] = {v}[1], {v}[0]', f'clear({v})']
        elif kind == 'bytes':
            options += [f'checkString(string({v}))', f'{v}[i%len({v})] = \'c\'', f'copy({v}, {self.value("str", 1)})',
                        f'for _, {t} := range string({v}) {{ _ = {t} }}']
        elif kind == 'any':
            options += [f'checkAny({v})', f'{t} := {v}; checkAny({t}); checkAny({t})', f'if {t}, ok := {v}.(string); ok {{ checkString({t}) }}',
                        f'checkString({v}.(string))', f'if {v} == {self.value("any", 0)} {{ {v} = nil }}', f'_ = fmt.Sprint({v} == nil)',
                        f'if {t}, ok := {v}.(shape); ok {{ {t}.area() }}']
        elif kind == 'node':
            options += [f'checkNode({v})', f'{v}.name = {self.value("str", 1)}', f'{v}.next = {self.value("node", 0)}', f'{v}.tags = append({v}.tags[:0], {self.value("int", 0)})',
                        f'{t} := *{v}; checkNode(&{t})', f'*{v} = node{{0x5aa5, "dd", nil, nil}}', f'{v} = {v}.next', f'if {v} == nil {{ {v} = &node{{magic: 0x5aa5}} }}']
        elif kind == 'wide':
            options += [f'checkWide({v})', f'{t} := {v}; checkWide({t})', f'{v}.a = {self.value("str", 1)}', f'{v}.any = {self.value("any", 1)}',
                        f'{v}.b = {self.value("ints", 1)}', f'{v}.name[i&1] = {self.value("str", 1)}', f'{t} := &{v}; {t}.n = {self.value("int", 0)}; checkString({t}.a)']
        elif kind == 'pwide':
            options += [f'checkWide(*{v})', f'*{v} = {self.fresh_composite()}', f'{v}.a, {v}.name[0] = {v}.name[0], {v}.a', f'{v}.b = append({v}.b[:min(8, len({v}.b))], 1234)',
                        f'*{v} = wide{{}}']
        elif kind == 'arr':
            options += [f'checkStrings({v}[:])', f'{v}[i&3] = {self.value("str", 1)}', f'{t} := {v}; checkStrings({t}[1:])', f'{v}[0], {v}[3] = {v}[3], {v}[0]',
                        f'for _, {t} := range {v} {{ checkString({t}) }}', f'if {v} == {self.value("arr", 0)} {{ {v}[1] = "" }}']
        elif kind == 'anys':
            options += [f'for _, {t} := range {v} {{ checkAny({t}) }}', f'{v}[i%len({v})] = {self.value("any", 1)}', f'checkAny({v}[0])',
                        f'copy({v}[1:], {v})', f'{v}[0], {v}[1] = {v}[1], {v}[0]', f'clear({v})']
        elif kind == 'func':
            options += [f'number({v}())', f'{t} := {v}; number({t}())', f'defer func() {{ number({v}()) }}()', f'defer {v}()']
        elif kind == 'shape':
            options += [f'number({v}.area())', f'{t} := {v}.area; number({t}())', f'if {t}, ok := {v}.(*box); ok {{ checkString({t}.name) }}',
                        f'if {t}, ok := {v}.(square); ok {{ number({t}.side) }}', f'_ = {v} == {self.value("shape", 0)}']
        elif kind == 'chan':
            options += [f'select {{ case {v} <- {self.value("str", 1)}: default: }}', f'select {{ case {t} := <-{v}: checkString({t}); default: }}',
                        f'close({v})', f'_ = len({v}) + cap({v})', f'select {{ case {t}, ok := <-{v}: if ok {{ checkString({t}) }}; case {v} <- "ab": default: }}']
        elif kind == 'map':
            options += [f'{v}[1000+i%50] = {self.value("str", 1)}', f'checkString({v}[1000+i%50])', f'delete({v}, 1000+i%50)', f'for {t}, s := range {v} {{ number({t}); checkString(s) }}',
                        f'_ = len({v})', f'clear({v})', f'_ = fmt.Sprint({v})', f'{v}[1000+i%50] += "a"']
        elif kind == 'smap':
            options += [f'{v}[{self.value("str", 0)}] = {self.value("ints", 1)}', f'checkInts({v}[{self.value("str", 0)}])', f'delete({v}, {self.value("str", 0)})',
                        f'for {t}, s := range {v} {{ checkString({t}); checkInts(s) }}', f'{v}["a"] = append({v}["a"][:min(4, len({v}["a"]))], 1000)']
        elif kind == 'amap':
            key = self.r.choice([f'any({self.value("str", 0)})', f'any(failure{{{self.value("str", 0)}}})', 'any(1000+i%50)'])
            options += [f'{v}[{key}] = {self.value("str", 1)}', f'checkString({v}[{key}])', f'delete({v}, {key})', f'clear({v})',
                        f'for {t}, s := range {v} {{ checkString(s); if k, ok := {t}.(string); ok {{ checkString(k) }} }}']
        elif kind == 'wides':
            options += [f'{v}[i%len({v})] = {self.fresh_composite()}', f'for _, {t} := range {v} {{ checkWide({t}) }}', f'{v}[i%len({v})].a = {self.value("str", 1)}',
                        f'copy({v}, {v}[1:])', f'clear({v})', f'{v} = append({v}[:min(len({v}), 5)], {self.fresh_composite()})']
        elif kind == 'nested':
            options += [f'{v}[i%len({v})] = {self.value("ints", 1)}', f'for _, {t} := range {v} {{ checkInts({t}) }}', f'{v}[0][0] = 1777', f'{v} = append({v}[:min(len({v}), 6)], {self.value("ints", 1)})']
        elif kind == 'err':
            options += [f'checkString({v}.Error())', f'if {t}, ok := {v}.(failure); ok {{ checkString({t}.s) }}', f'checkAny({v})']
        elif kind == 'int':
            options += [f'number({v})', f'{v} = max(1000, ({v}+1)%2000)']
        elif kind == 'flt':
            options += [f'number(int({v}))']
        return r.choice(options)

    def program(self):
        r = self.r
        out = [HEADER]
        out += [f'var {n} {KINDS[k][0]} = {KINDS[k][1]}' for n, k in self.globals]
        count = r.randint(2, 8)
        out += ['func main() {']
        out += [f'\tvar {n} {KINDS[k][0]} = {KINDS[k][1]}\n\t_ = {n}' for n, k in self.locals]
        out += ['\tvar wg sync.WaitGroup', '\twork := func(step func(i int)) {', '\t\tdefer wg.Done()', f'\t\tfor i := 0; i < {r.choice([20, 100, 300])}; i++ {{',
                '\t\t\tfunc() {', '\t\t\t\tdefer func() { recover() }()', '\t\t\t\tstep(i)', '\t\t\t}()', '\t\t}', '\t}']
        for _ in range(count):
            body = '\n'.join('\t\t' + self.statement() for _ in range(r.randint(1, 6)))
            out.append(f'\twg.Add(1)\n\tgo work(func(i int) {{\n{body}\n\t}})')
        out += ['\twg.Wait()', '\tprintln("END")', '}', '']
        return '\n'.join(out)


def verdict(text, status, race):
    """What is wrong with a run; None if nothing is."""
    if 'BAD ' in text:
        return 'a value that nobody stored'
    if status is None:
        return 'it hangs'
    allowed = [0, 2, 66] if race else [0, 2]
    if status not in allowed:
        return f'exit status {status}'
    if status == 2 and not re.search(r'^fatal error: concurrent map |^fatal error: all goroutines are asleep', text, re.M):
        return 'it died'
    if status != 2 and 'END' not in text:
        return 'main did not get to its end'
    if (status == 66) != ('WARNING: DATA RACE' in text) and status != 2:
        return 'reports and exit status disagree'
    return None


def one(a, seed, folder):
    path = os.path.join(folder, f'racy{seed}.gol')
    with open(path, 'w') as f:
        f.write(Gen(seed).program())
    argv = [a.gol, 'run', *(['-race'] if a.race else []), path]
    env = {**os.environ, 'GOMAXPROCS': str(a.workers)}
    if a.spread:
        env['GOL_DEBUG'] = 'preempt'
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env)
    try:
        out, _ = child.communicate(timeout=a.timeout)
        status = child.returncode
    except subprocess.TimeoutExpired:
        child.kill()
        out, _ = child.communicate()
        status = None
    text = out.decode(errors='replace')
    why = verdict(text, status, a.race)
    os.remove(path)
    return seed, why, text


def main():
    ap = argparse.ArgumentParser(description='Random racy programs: no crash, no hang, no foreign memory.')
    ap.add_argument('--gol', default=os.path.join(ROOT, 'build', 'gol'))
    ap.add_argument('--count', type=int, default=200)
    ap.add_argument('--seed', type=int, default=1, help='the first program')
    ap.add_argument('--workers', type=int, default=8)
    ap.add_argument('--race', action='store_true', help='under the race detector')
    ap.add_argument('--spread', action='store_true', help='give way at every back edge and call, so that all workers take part')
    ap.add_argument('--jobs', type=int, default=2)
    ap.add_argument('--timeout', type=float, default=30)
    ap.add_argument('--show', type=int)
    a = ap.parse_args()
    if a.show is not None:
        print(Gen(a.show).program())
        return 0
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        for seed, why, text in pool.map(lambda s: one(a, s, folder), range(a.seed, a.seed + a.count)):
            if not why:
                passed += 1
                continue
            failed += 1
            print(f'FAIL program {seed}: {why}\n  {text[-600:]}\n  again: tests/fuzz/racy.py --seed {seed} --count 1', flush=True)
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
