#!/usr/bin/env python3
"""Random well-typed programs, run by gol and by real Go; what they print must be the same.

Each program comes from a number (its seed) and a grammar: the methods of Gen, and those of features.py for one feature of
the language at a time. A batch of programs is one file, so that one `go build` serves many. Where the specification leaves something open (the order of a variable's read and a call, which of
two panics comes first), no program depends on it: an expression has at most one operation that can panic, and calls in
expressions change nothing outside.

    programs.py --count 1000 --seed 1      programs 1 to 1000
    programs.py --show 17                  print program 17
"""
import argparse, os, random, re, subprocess, sys, tempfile

import features

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GO = next((g for g in ('/usr/lib/go-1.23/bin/go', '/usr/local/go/bin/go') if os.access(g, os.X_OK)), None)
BUILD_LIMIT = 1200  # seconds: a batch on a busy machine

SIGNED = ['int', 'int8', 'int16', 'int32', 'int64']
UNSIGNED = ['uint', 'uint8', 'uint16', 'uint32', 'uint64']
INTS = SIGNED + UNSIGNED
FLOATS = ['float32', 'float64']
BITS = {t: int(re.sub(r'\D', '', t) or 64) for t in INTS}
BASIC = INTS + FLOATS + ['string', 'bool', 'complex128']

HEADER = '''package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
)

var _ = errors.New
var _ = sort.Ints
var _ = strings.Repeat
var _ runtime.Error
var fuel int

func burn() bool { fuel--; return fuel < 0 }
func cut(s string) string {
	if len(s) > 40 {
		return s[len(s)-40:]
	}
	return s
}
func clampf(f float64) float64 {
	if f != f || f > 100 || f < -100 {
		return 7.75
	}
	return f
}
func clampu(f float64) float64 {
	if f != f || f > 100 || f < 0 {
		return 5.5
	}
	return f
}
func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
func try(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			if e, ok := r.(error); ok {
				fmt.Println(name, "panic error:", e.Error())
			} else {
				fmt.Printf("%s panic %T %v\\n", name, r, r)
			}
		}
	}()
	f()
}

type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}
type Ordered interface{ Number | ~string }

func gsum[T Number](xs ...T) (s T) {
	for _, x := range xs {
		s += x
	}
	return
}
func gmix[T Integer](a, b T, n uint) T { return a<<(n%9) ^ b>>(n%5) + a*b }
func gmax[T Ordered](a T, rest ...T) T {
	for _, r := range rest {
		if r > a {
			a = r
		}
	}
	return a
}
func gmap[A, B any](xs []A, f func(A) B) (out []B) {
	for _, x := range xs {
		out = append(out, f(x))
	}
	return
}
func gkeys[K Ordered, V any](m map[K]V) []K {
	var ks []K
	for k := range m {
		ks = append(ks, k)
	}
	sort.Slice(ks, func(i, j int) bool { return ks[i] < ks[j] })
	return ks
}
func geq[T comparable](a, b T) bool { return a == b }
func gconv[A, B Integer](a A) B { return B(a) }

type Pair[A, B any] struct {
	First  A
	Second B
}

func (p Pair[A, B]) Swap() Pair[B, A]   { return Pair[B, A]{p.Second, p.First} }
func (p *Pair[A, B]) Set(a A, b B)      { p.First, p.Second = a, b }
func gseq[T any](xs []T) func(func(int, T) bool) {
	return func(yield func(int, T) bool) {
		for i, x := range xs {
			if !yield(i, x) {
				return
			}
		}
	}
}

type List[T any] struct {
	head *node[T]
	n    int
}
type node[T any] struct {
	v    T
	next *node[T]
}

func (l *List[T]) Push(v T) { l.head = &node[T]{v, l.head}; l.n++ }
func (l *List[T]) All() (out []T) {
	for n := l.head; n != nil; n = n.next {
		out = append(out, n.v)
	}
	return
}
'''


class OverFunction(str):
    """The label of a loop over a function, or ''."""


class Gen:
    def __init__(self, seed):
        self.seed, self.r = seed, random.Random(seed)
        self.p = f'p{seed}'
        self.n = 0
        self.decls, self.out, self.indent = [], [], 1
        self.env = []       # (name, type, assignable)
        self.funcs = []     # (name, params, result)
        self.structs = {}   # name -> [(field, type)]
        self.named = {}     # name -> underlying integer type
        self.loops = []     # labels of enclosing loops; None: unlabelled
        self.risk = 0       # operations that may panic the current expression may still have
        self.in_closure = 0
        self.budget = 60

    # --- small things

    def name(self, stem='v'):
        self.n += 1
        return f'{stem}{self.n}'

    def chance(self, x):
        return self.r.random() < x

    def emit(self, line):
        self.out.append('\t' * self.indent + line)

    def text(self, t):
        """A type as Go writes it."""
        if isinstance(t, str):
            return t
        kind = t[0]
        if kind == 'slice':
            return '[]' + self.text(t[1])
        if kind == 'array':
            return f'[{t[1]}]' + self.text(t[2])
        if kind == 'map':
            return f'map[{self.text(t[1])}]{self.text(t[2])}'
        if kind == 'ptr':
            return '*' + self.text(t[1])
        if kind == 'pair':
            return f'Pair[{self.text(t[1])}, {self.text(t[2])}]'
        if kind == 'func':
            return 'func(' + ', '.join(self.text(x) for x in t[1]) + ') ' + self.text(t[2])
        raise AssertionError(t)

    def under(self, t):
        return self.named.get(t, t) if isinstance(t, str) else t

    def basic(self):
        return self.r.choice(BASIC)

    def scalar(self):
        return self.r.choice(BASIC + list(self.named) * 3)

    def key_type(self):
        return self.r.choice(['int', 'string', 'uint8', 'int16', 'int64', 'uint32'] + list(self.named))

    def type(self, depth=2):
        """Pointers are for variables only: addresses must not get into the output."""
        t = self.any_type(depth)
        return t if depth == 2 and t[0] == 'ptr' or not self.has_pointer(t) else 'int'

    def any_type(self, depth):
        x = self.r.random()
        if depth == 0 or x < 0.5:
            return self.scalar()
        if x < 0.62:
            return ('slice', self.type(depth - 1))
        if x < 0.70:
            return ('array', self.r.randint(1, 4), self.type(depth - 1))
        if x < 0.78:
            return ('map', self.key_type(), self.type(depth - 1))
        if x < 0.90 and self.structs:
            return self.r.choice(list(self.structs))
        if x < 0.94:
            return ('pair', self.scalar(), self.type(depth - 1))
        if x < 0.97:
            return 'any'
        return ('ptr', self.r.choice(list(self.structs))) if self.structs else 'int'

    def comparable(self, t):
        t = self.under(t)
        if isinstance(t, str):
            return t != 'any' and (t not in self.structs or all(self.comparable(f) for _, f in self.structs[t]))
        return t[0] == 'array' and self.comparable(t[2]) or t[0] == 'pair' and self.comparable(t[1]) and self.comparable(t[2])

    def vars_of(self, t, assignable=False):
        return [n for n, vt, a in self.env if vt == t and (a or not assignable)]

    # --- expressions

    def literal(self, t):
        r, u = self.r, self.under(t)
        if u in INTS:
            lo, hi = (-(1 << BITS[u] - 1), (1 << BITS[u] - 1) - 1) if u in SIGNED else (0, (1 << BITS[u]) - 1)
            v = r.choice([0, 1, 2, 3, 7, lo, hi, hi - 1, r.randint(lo, hi), r.randint(0, 100), max(lo, -r.randint(1, 50))])
            return f'{t}({v})'
        if u in FLOATS:
            return f'{t}({r.choice(["0", "1", "-1.5", "0.1", "1e10", "3.25", "-2.75e-3", str(r.randint(-99, 99)), "1e30"])})'
        if u == 'complex128':
            return f'complex({r.randint(-3, 3)}, {r.choice(["0.5", "2", "-1"])})'
        if u == 'bool':
            return r.choice(['true', 'false'])
        if u == 'string':
            return r.choice(['""', '"a"', '"hello"', '"żółć"', '"日本"', '"\\xff\\x00z"', '`raw\\n`', '"x y"', f'"s{r.randint(0, 99)}"'])
        raise AssertionError(t)

    def value(self, t, depth=2):
        """Any expression of the type, a constant perhaps."""
        u = self.under(t)
        if isinstance(u, str) and u in BASIC:
            if depth <= 0 or self.chance(0.3):
                if self.chance(0.4) and self.vars_of(t):
                    return self.r.choice(self.vars_of(t))
                return self.literal(t)
            return self.expr(t, depth)
        if self.chance(0.45) and self.vars_of(t):
            return self.r.choice(self.vars_of(t))
        fs = [f for f in self.funcs if f[2] == t]
        if fs and self.chance(0.2) and self.risk:
            return self.call(self.r.choice(fs), depth)
        return self.composite(t, depth - 1)

    def call(self, f, depth):
        self.risk -= 1
        return f'{f[0]}(' + ', '.join(self.value(p, depth - 1) for p in f[1]) + ')'

    def composite(self, t, depth):
        r = self.r
        if t == 'any':
            x = r.choice(BASIC + list(self.named) + list(s for s in self.structs if self.comparable(s)))
            return f'any({self.value(x, depth)})'
        if isinstance(t, str):
            fields = self.structs[t]
            if self.chance(0.3):
                some = [f for f in fields if self.chance(0.6)]
                return f'{t}{{' + ', '.join(f'{n}: {self.value(ft, depth)}' for n, ft in some) + '}'
            return f'{t}{{' + ', '.join(self.value(ft, depth) for _, ft in fields) + '}'
        kind = t[0]
        if kind == 'slice':
            if self.chance(0.1):
                return f'{self.text(t)}(nil)'
            same = self.vars_of(t)
            if same and self.chance(0.3):
                return f'append({r.choice(same)}, {self.value(t[1], depth)})'
            return self.text(t) + '{' + ', '.join(self.value(t[1], depth) for _ in range(r.randint(0, 4))) + '}'
        if kind == 'array':
            return self.text(t) + '{' + ', '.join(self.value(t[2], depth) for _ in range(r.randint(0, t[1]))) + '}'
        if kind == 'map':
            keys = []
            for _ in range(r.randint(0, 3)):
                k = f'"{r.choice("abcxyz")}"' if t[1] == 'string' else str(r.randint(0, 9))
                if k not in keys:
                    keys.append(k)
            return self.text(t) + '{' + ', '.join(f'{k}: {self.value(t[2], depth)}' for k in keys) + '}'
        if kind == 'ptr':
            return '&' + self.composite(t[1], depth) if self.chance(0.85) else f'({self.text(t)})(nil)'
        if kind == 'pair':
            if self.chance(0.25):
                return self.text(('pair', t[2], t[1])) + '{' + f'{self.value(t[2], depth)}, {self.value(t[1], depth)}' + '}.Swap()'
            return self.text(t) + '{' + f'{self.value(t[1], depth)}, {self.value(t[2], depth)}' + '}'
        if kind == 'func':
            return self.closure(t)
        raise AssertionError(t)

    def variable(self, t):
        """A value of a basic type that is no constant."""
        own = self.vars_of(t)
        if own and self.chance(0.85):
            return self.r.choice(own)
        paths = []
        for n, vt, _ in self.env:
            if isinstance(vt, str) and vt in self.structs:
                paths += [f'{n}.{f}' for f, ft in self.structs[vt] if ft == t]
            elif not isinstance(vt, str) and vt[0] == 'pair':
                paths += [f'{n}.First'] * (vt[1] == t) + [f'{n}.Second'] * (vt[2] == t)
        if paths and self.chance(0.7):
            return self.r.choice(paths)
        if own:
            return self.r.choice(own)
        return f'func() {self.text(t)} {{ return {self.literal(t)} }}()'

    def index_of(self, t):
        """An element of some slice, array or map in sight, or None."""
        found = []
        for n, vt, _ in self.env:
            if isinstance(vt, str):
                continue
            if vt[0] == 'slice' and vt[1] == t and self.risk:
                found.append((n, vt))
            elif vt[0] == 'array' and vt[2] == t or vt[0] == 'map' and vt[2] == t:
                found.append((n, vt))
        if not found:
            return None
        n, vt = self.r.choice(found)
        if vt[0] == 'map':
            return f'{n}[{self.value(vt[1], 0)}]'
        if vt[0] == 'array':
            return f'{n}[{self.variable("uint8")}%{vt[1]}]'
        self.risk -= 1
        return f'{n}[{self.variable("int")}]' if self.chance(0.3) else f'{n}[{self.variable("uint")}%4]'

    def expr(self, t, depth):
        """A non-constant expression of a basic or named type."""
        r, u = self.r, self.under(t)
        if depth <= 0:
            return self.variable(t)
        if self.chance(0.15):
            e = self.index_of(t)
            if e:
                return e
        fs = [f for f in self.funcs if f[2] == t]
        if fs and self.risk and self.chance(0.15):
            return self.call(r.choice(fs), depth)
        if u in INTS:
            return self.int_expr(t, u, depth)
        if u in FLOATS:
            x = r.random()
            if x < 0.6:
                return f'({self.expr(t, depth - 1)} {r.choice("+-*/")} {self.value(t, depth - 1)})'.replace('/ float64(0)', '/ float64(2)').replace('/ float32(0)', '/ float32(2)')
            if x < 0.7:
                return f'-{self.expr(t, 0)}'
            if x < 0.8:
                return f'{r.choice(["min", "max"])}({self.expr(t, depth - 1)}, {self.value(t, depth - 1)})'
            if x < 0.87:
                return f'gsum({self.expr(t, 0)}, {self.value(t, 0)}, {self.value(t, 0)})'
            return f'{t}({self.expr(r.choice(INTS + FLOATS), depth - 1)})'
        if u == 'complex128':
            return r.choice([lambda: f'({self.expr(t, depth - 1)} {r.choice("+-*")} {self.value(t, 0)})',
                             lambda: f'complex({self.expr("float64", depth - 1)}, {self.expr("float64", 0)})'])()
        if u == 'bool':
            x = r.random()
            if x < 0.35:
                o = r.choice(INTS + FLOATS + ['string'] + list(self.named))
                return f'({self.expr(o, depth - 1)} {r.choice(["==", "!=", "<", "<=", ">", ">="])} {self.value(o, depth - 1)})'
            if x < 0.6:
                return f'({self.expr(t, depth - 1)} {r.choice(["&&", "||", "==", "!="])} {self.expr(t, depth - 1)})'
            if x < 0.75:
                return f'!{self.expr(t, depth - 1)}'
            same = [(n, vt) for n, vt, _ in self.env if self.comparable(vt)]
            if same:
                n, vt = r.choice(same)
                other = r.choice(self.vars_of(vt))
                return r.choice([f'({n} == {other})', f'geq({n}, {other})', f'(any({n}) == any({other}))'])
            return self.variable(t)
        if u == 'string':
            x = r.random()
            if x < 0.4:
                return f'cut({self.expr(t, depth - 1)} + {self.value(t, depth - 1)})'
            if x < 0.5:
                return f'string(rune({self.expr(r.choice(["uint16", "uint8", "int32"]), depth - 1)}))'
            if x < 0.6:
                return f'string([]rune({self.expr(t, depth - 1)}))'
            if x < 0.7 and self.risk:
                self.risk -= 1
                s = self.variable(t)
                return f'{s}[{self.variable("uint")}%3:]' if self.chance(0.7) else f'{s}[{self.variable("int")}:]'
            if x < 0.85:
                return f'cut(fmt.Sprint({self.value(self.scalar(), depth - 1)}, {self.value(self.scalar(), 0)}))'
            if x < 0.92:
                return f'gmax({self.expr(t, 0)}, {self.value(t, 0)})'
            return f'string(append([]byte({self.expr(t, 0)}), {self.expr("uint8", depth - 1)}))'
        raise AssertionError(t)

    def int_expr(self, t, u, depth):
        r, x = self.r, self.r.random()
        if x < 0.30:
            op = r.choice(['+', '-', '*', '&', '|', '^', '&^'])
            return f'({self.expr(t, depth - 1)} {op} {self.value(t, depth - 1)})'
        if x < 0.40:
            if self.risk and self.chance(0.3):
                self.risk -= 1
                return f'({self.value(t, depth - 1)} {r.choice("/%")} {self.variable(t)})'
            return f'({self.expr(t, depth - 1)} {r.choice("/%")} {t}({r.choice([1, 2, 3, 5, 7, 16, 100, 127] + [-1, -3] * (u in SIGNED))}))'
        if x < 0.52:
            count = r.choice([lambda: self.expr(r.choice(UNSIGNED), depth - 1), lambda: str(r.randint(0, 70)), lambda: f'({self.expr("uint8", depth - 1)} % 67)'])()
            return f'({self.expr(t, depth - 1)} {r.choice(["<<", ">>"])} {count})'
        if x < 0.60:
            return f'{r.choice("-^")}{self.expr(t, 0)}'
        if x < 0.74:
            return f'{t}({self.expr(r.choice(INTS + list(self.named)), depth - 1)})'
        if x < 0.79:
            f = 'clampf' if u in SIGNED else 'clampu'
            return f'{t}({f}({self.expr("float64", depth - 1)}))'
        if x < 0.84:
            return f'{r.choice(["min", "max"])}({self.expr(t, depth - 1)}, {self.value(t, depth - 1)})'
        if x < 0.88:
            return f'gmix({self.expr(t, 0)}, {self.value(t, 0)}, {self.value("uint", 0)})'
        if x < 0.91:
            o = r.choice(INTS)
            return f'gconv[{o}, {t}]({self.expr(o, depth - 1)})'
        if x < 0.94:
            return f'{t}(b2i({self.expr("bool", depth - 1)}))'
        things = [n for n, vt, _ in self.env if vt == 'string' or not isinstance(vt, str) and vt[0] in ('slice', 'map')]
        if things:
            return f'{t}(len({r.choice(things)}))'
        if t in self.named:
            return f'{self.expr(t, 0)}.Twice({self.value(self.named[t], depth - 1)})'
        return self.variable(t)

    def top(self, t, depth=3, risk=1):
        self.risk = risk
        e = self.value(t, depth)
        self.risk = 0
        return e

    def closure(self, t):
        params = [(self.name('a'), p) for p in t[1]]
        saved, saved_loops, saved_risk = len(self.env), self.loops, self.risk
        hidden = self.env
        self.env = [(n, vt, False) for n, vt, _ in hidden] + [(n, p, False) for n, p in params]
        self.loops, self.risk = [], 0
        body = self.value(t[2], 2)
        self.env, self.loops, self.risk = hidden[:saved], saved_loops, saved_risk
        return 'func(' + ', '.join(f'{n} {self.text(p)}' for n, p in params) + f') {self.text(t[2])} {{ return {body} }}'

    # --- statements

    def declare(self, t=None):
        t = t or self.type()
        n = self.name()
        e = self.top(t)
        if e == 'nil' or self.chance(0.5):
            self.emit(f'var {n} {self.text(t)} = {e}')
        elif t in FLOATS + INTS or t in ('bool', 'string', 'complex128'):
            self.emit(f'{n} := {self.text(t)}({e})')
        else:
            self.emit(f'{n} := {e}')
        self.emit(f'_ = {n}')
        self.env.append((n, t, True))

    def places(self):
        return [(n, t) for n, t, a in self.env if a]

    def assign(self):
        r = self.r
        places = self.places()
        if not places:
            return self.declare()
        n, t = r.choice(places)
        u = self.under(t)
        x = r.random()
        if u in INTS and x < 0.4:
            op = r.choice(['+', '-', '*', '&', '|', '^', '&^', '<<', '>>'])
            return self.emit(f'{n} {op}= {self.top("uint8", 2) if op in ("<<", ">>") else self.top(t, 2)}')
        if u in INTS and x < 0.5:
            return self.emit(f'{n}{r.choice(["++", "--"])}')
        if u in FLOATS and x < 0.4:
            return self.emit(f'{n} {r.choice("+-*")}= {self.top(t, 2)}')
        if not isinstance(t, str):
            if t[0] == 'slice' and x < 0.25:
                return self.emit(f'{n} = append({n}, {self.top(t[1], 2)}, {self.top(t[1], 1, 0)})')
            if t[0] == 'slice' and x < 0.35:
                return self.emit(f'if len({n}) > 0 {{ {n}[uint({self.variable("uint")})%uint(len({n}))] = {self.top(t[1], 2)} }}')
            if t[0] == 'slice' and x < 0.42:
                a, b = sorted((r.randint(0, 3), r.randint(0, 4)))
                return self.emit(f'{n} = {n}[{a}:{b}{":" + str(b + r.randint(0, 2)) if self.chance(0.2) else ""}]')
            if t[0] == 'slice' and x < 0.5:
                return self.emit(f'copy({n}, {self.top(t, 1)})')
            if t[0] == 'array' and x < 0.5:
                return self.emit(f'{n}[{self.variable("uint8")}%{t[1]}] = {self.top(t[2], 2)}')
            if t[0] == 'map' and x < 0.5:
                return self.emit(f'if {n} != nil {{ {n}[{self.top(t[1], 1, 0)}] = {self.top(t[2], 2)} }}')
            if t[0] == 'map' and x < 0.6:
                return self.emit(f'delete({n}, {self.top(t[1], 1, 0)})')
            if t[0] == 'pair' and x < 0.4:
                return self.emit(f'{n}.Set({self.top(t[1], 2)}, {self.top(t[2], 1, 0)})')
            if t[0] == 'ptr' and x < 0.5:
                f, ft = r.choice(self.structs[t[1]])
                return self.emit(f'{n}.{f} = {self.top(ft, 1, 0)}')
        if t in self.structs and x < 0.5:
            f, ft = r.choice(self.structs[t])
            return self.emit(f'{n}.{f} = {self.top(ft, 2)}')
        if t in self.structs and x < 0.6:
            return self.emit(f'{n}.Bump({self.top("int", 2)})')
        same = [m for m, mt in places if mt == t and m != n]
        if same and x < 0.75:
            m = r.choice(same)
            return self.emit(f'{n}, {m} = {m}, {n}')
        self.emit(f'{n} = {self.top(t)}')

    def show(self):
        names = [n for n, t, _ in self.env if not (not isinstance(t, str) and t[0] in ('ptr', 'func'))]
        if not names:
            return
        some = self.r.sample(names, min(len(names), self.r.randint(1, 3)))
        if self.chance(0.3):
            self.emit(f'fmt.Printf("{self.p} ' + ' '.join(self.r.choice(['%v', '%v', '%+v', '%#v', '%T']) for _ in some) + '\\n", ' + ', '.join(some) + ')')
        else:
            self.emit(f'fmt.Println("{self.p}", ' + ', '.join(some) + ')')

    def block(self, size, depth):
        saved = len(self.env)
        self.indent += 1
        for _ in range(size):
            self.statement(depth)
        self.indent -= 1
        del self.env[saved:]

    def loop(self, depth):
        r = self.r
        label = self.name('L') if self.chance(0.3) else None
        saved = len(self.env)
        if label:
            self.emit(f'{label}:')
        x = r.random()
        over = ''
        slices = [(n, t) for n, t, _ in self.env if not isinstance(t, str) and t[0] in ('slice', 'array')]
        i = self.name('i')
        if x < 0.3:
            self.emit(f'for {i} := 0; {i} < {r.randint(1, 5)}; {i}++ {{')
            self.env.append((i, 'int', False))
        elif x < 0.5:
            self.emit(f'for {i} := range {r.randint(1, 5)} {{')
            self.env.append((i, 'int', False))
        elif x < 0.65 or not slices:
            v = self.name()
            self.emit(f'for {i}, {v} := range cut({self.top("string", 2)}) {{')
            self.env += [(i, 'int', False), (v, 'int32', True)]
        else:
            n, t = r.choice(slices)
            v = self.name()
            et = t[1] if t[0] == 'slice' else t[2]
            over = f'gseq({n}{"[:]" if t[0] == "array" and (n, t, True) in self.env else ""})' if self.chance(0.3) and (t[0] == 'slice' or (n, t, True) in self.env) else n
            self.emit(f'for {i}, {v} := range {over} {{')
            self.env += [(i, 'int', False), (v, et, True)]
        self.indent += 1
        self.emit('if burn() { break }')
        for n, _, _ in self.env[saved:]:
            self.emit(f'_ = {n}')
        self.indent -= 1
        self.loops.append(OverFunction(label or '') if over.startswith('gseq') else label)
        self.block(r.randint(1, 4), depth - 1)
        self.loops.pop()
        if label:
            self.emit(f'\tif {self.top("bool", 1, 0)} {{ {r.choice(["break", "continue"])} {label} }}')
        self.emit('}')
        del self.env[saved:]

    def statement(self, depth=2):
        r = self.r
        self.budget -= 1
        x = r.random()
        if self.budget < 0 or depth <= 0:
            return self.assign() if x < 0.7 else self.show()
        if x < 0.25:
            self.declare()
        elif x < 0.50:
            self.assign()
        elif x < 0.58:
            self.emit(f'if {self.top("bool", 2)} {{')
            self.block(r.randint(1, 3), depth - 1)
            if self.chance(0.5):
                self.emit('} else {')
                self.block(r.randint(1, 2), depth - 1)
            self.emit('}')
        elif x < 0.68:
            self.loop(depth)
        elif x < 0.73:
            self.switch(depth)
        elif x < 0.77:
            t = ('func', [self.scalar() for _ in range(r.randint(0, 2))], self.scalar())
            n = self.name('f')
            self.emit(f'{n} := {self.closure(t)}')
            v = self.name()
            self.emit(f'{v} := {n}(' + ', '.join(self.top(p, 1, 0) for p in t[1]) + ')')
            self.emit(f'_ = {v}')
            self.env.append((v, t[2], True))
        elif x < 0.80 and self.places():
            saved, self.loops = self.loops, []
            self.emit('func() {')
            self.block(r.randint(1, 3), depth - 1)
            self.emit('}()')
            self.loops = saved
        elif x < 0.84:
            self.emit(f'try("{self.p} {self.name("t")}", func() {{')
            saved, self.loops = self.loops, []
            self.block(r.randint(1, 4), depth - 1)
            if self.chance(0.3):
                self.emit(f'\tpanic({self.top(self.scalar(), 1, 0)})')
            self.loops = saved
            self.emit('})')
        elif x < 0.87:
            saved, self.loops = self.loops, []
            self.emit('defer func() {')
            self.block(r.randint(1, 2), 0)
            # Go 1.23 goes astray when such a call recovers that a loop over a function deferred (go.dev/issue/71675).
            if self.chance(0.3) and not any(isinstance(x, OverFunction) for x in saved):
                self.emit(f'\tfmt.Println("{self.p} recovered", recover() != nil)')
            self.emit('}()')
            self.loops = saved
        elif x < 0.89 and self.loops:
            label = r.choice(self.loops)
            self.emit(f'if {self.top("bool", 1, 0)} {{ {r.choice(["break", "continue"])}{" " + label if label else ""} }}')
        elif x < 0.92:
            self.special()
        else:
            self.show()

    def switch(self, depth):
        r = self.r
        x = r.random()
        if x < 0.35:  # values
            t = r.choice(['int', 'uint8', 'string', 'int16'] + list(self.named))
            values = r.sample(['"a"', '""', '"hello"', '"x y"'] if t == 'string' else [str(i) for i in range(10)], 3)
            self.emit(f'switch {self.top(t, 2)} {{')
            self.loops.append('!')
            for i, v in enumerate(values):
                self.emit(f'case {v}:')
                self.plain_block(depth)
                if i < 2 and self.chance(0.2):
                    self.emit('\tfallthrough')
            self.emit('default:')
            self.plain_block(depth)
        elif x < 0.6:
            self.emit('switch {')
            self.loops.append('!')
            for _ in range(r.randint(1, 3)):
                self.emit(f'case {self.top("bool", 2)}:')
                self.plain_block(depth)
        else:
            v = self.name()
            types = r.sample(BASIC + list(self.named) + list(self.structs), 4)
            self.emit(f'switch {v} := {self.top("any", 2)}.(type) {{')
            self.loops.append('!')
            for t in types[:2]:
                self.emit(f'case {t}:')
                self.emit(f'\t_ = {v}')
                self.env.append((v, t, True))
                self.plain_block(depth)
                self.env.pop()
            self.emit(f'case {types[2]}, {types[3]}:')
            self.emit(f'\tfmt.Println("{self.p}", {v})')
            self.emit('case nil:')
            self.emit('default:')
            self.emit(f'\tfmt.Printf("{self.p} %T\\n", {v})')
        self.loops.pop()
        self.emit('}')

    def plain_block(self, depth):
        saved, self.loops = self.loops, []
        self.block(self.r.randint(1, 2), depth - 1)
        self.loops = saved

    def special(self):
        r, p = self.r, self.p
        maps = [(n, t) for n, t, _ in self.env if not isinstance(t, str) and t[0] == 'map']
        slices = [(n, t) for n, t, _ in self.env if not isinstance(t, str) and t[0] == 'slice']
        anys = self.vars_of('any')
        structs = [(n, t) for n, t, a in self.env if t in self.structs and a]
        which = r.randint(0, 9)
        if which == 0 and maps:
            n, t = r.choice(maps)
            self.emit(f'for _, k := range gkeys({n}) {{ v, ok := {n}[k]; fmt.Println("{p}", k, {"ok" if self.has_pointer(t[2]) else "v, ok"}); _ = v }}')
        elif which == 1 and slices:
            n, t = r.choice(slices)
            f = ('func', [t[1]], self.scalar())
            self.emit(f'fmt.Println("{p}", gmap({n}, {self.closure(f)}))')
        elif which == 2 and anys:
            n = r.choice(anys)
            t = self.scalar()
            self.emit(f'if x, ok := {n}.({t}); ok {{ fmt.Println("{p} is", x) }} else {{ fmt.Println("{p} is not", x) }}')
        elif which == 3 and anys:
            v, t = self.name(), self.scalar()
            self.emit(f'{v} := {r.choice(anys)}.({t})')
            self.emit(f'_ = {v}')
            self.env.append((v, t, True))
        elif which == 4:
            t = self.scalar()
            self.emit(f'{{ ch := make(chan {t}, {r.randint(0, 2)}); go func() {{ defer close(ch); for _, x := range []{t}{{{", ".join(self.literal(t) for _ in range(3))}}} {{ ch <- x }} }}(); for x := range ch {{ fmt.Println("{p}", x) }} }}')
        elif which == 5 and structs:
            n, t = r.choice(structs)
            self.emit(f'{{ f := {n}.Sum; {n}.Bump({self.top("int", 1, 0)}); fmt.Println("{p}", f(), {n}.Sum(), {t}.Sum({n}), (*{t}).Sum(&{n})) }}')
        elif which == 6 and structs:
            n, t = r.choice(structs)
            self.emit(f'{{ var s {p}I = &{n}; s.Bump(3); fmt.Println("{p}", s.Sum()); _, ok := s.(interface{{ Nope() }}); fmt.Println(ok) }}')
        elif which == 7:
            i = self.name('i')
            self.emit(f'{{ var fs []func() int; for {i} := 0; {i} < 4; {i}++ {{ fs = append(fs, func() int {{ {i} += {r.randint(1, 3)}; return {i} }}); if {self.top("bool", 1, 0)} {{ {i}++ }} }}; for _, f := range fs {{ fmt.Println("{p}", f(), f()) }} }}')
        elif which == 8:
            t = self.scalar()
            self.emit(f'{{ var l List[{t}]; for range {r.randint(0, 3)} {{ l.Push({self.top(t, 2, 0)}) }}; fmt.Println("{p}", l.All(), l.n) }}')
        else:
            self.emit(f'fmt.Printf("{p} %5d|%-6v|%q|%x|%08.3f|%t|%c|%U\\n", {self.top(r.choice(INTS), 1, 0)}, {self.top(self.scalar(), 1, 0)}, {self.top("string", 1, 0)}, {self.top(r.choice(["string", "uint32", "int8"]), 1, 0)}, {self.top("float64", 1, 0)}, {self.top("bool", 1, 0)}, {self.top("uint16", 1, 0)}, {self.top("int32", 1, 0)})')

    def has_pointer(self, t):
        if isinstance(t, str):
            return t in self.structs and any(self.has_pointer(f) for _, f in self.structs[t])
        return t[0] in ('ptr', 'func') or any(self.has_pointer(x) for x in t[1:] if not isinstance(x, int))

    # --- declarations

    def struct(self):
        n = self.p + self.name('S')
        fields = []
        if self.structs and self.chance(0.4):
            inner = self.r.choice(list(self.structs))
            fields.append((inner, inner))
        for _ in range(self.r.randint(1, 4)):
            fields.append((self.name('F'), self.type(1)))
        number = self.name('N')
        fields.append((number, 'int'))
        self.structs[n] = fields
        body = '; '.join(t if f == t else f'{f} {self.text(t)}' for f, t in fields)
        self.decls += [f'type {n} struct {{ {body} }}', f'func (s {n}) Sum() int {{ return s.{number} * {self.r.randint(2, 9)} }}',
                       f'func (s *{n}) Bump(by int) {{ s.{number} += by }}']
        if self.chance(0.3):
            self.decls.append(f'func (s {n}) String() string {{ return fmt.Sprint("<", s.{number}, ">") }}')

    def named_type(self):
        n, u = self.p + self.name('D'), self.r.choice(INTS)
        self.decls += [f'type {n} {u}', f'func (d {n}) Twice(x {u}) {n} {{ return d*2 + {n}(x) }}']
        if self.chance(0.3):
            self.decls.append(f'func (d {n}) String() string {{ return fmt.Sprintf("{n}(%d)", {u}(d)) }}')
        self.named[n] = u

    def function(self):
        n = self.p + self.name('f')
        params = [(self.name('a'), self.type(1)) for _ in range(self.r.randint(0, 3))]
        result = self.type(1)
        self.env = [(pn, t, isinstance(t, str) or t[0] in ('array', 'pair')) for pn, t in params]
        self.out = []
        self.budget = 14
        result_name = self.name('r')
        self.emit(f'if burn() {{ return }}')
        self.env.append((result_name, result, True))
        for _ in range(self.r.randint(1, 5)):
            self.statement(2)
        self.emit(f'return {self.top(result)}')
        head = f'func {n}(' + ', '.join(f'{pn} {self.text(t)}' for pn, t in params) + f') ({result_name} {self.text(result)}) {{'
        self.decls += [head, *self.out, '}']
        self.funcs.append((n, [t for _, t in params], result))

    def program(self):
        r = self.r
        self.decls.append(f'type {self.p}I interface {{ Sum() int; Bump(int) }}')
        for _ in range(r.randint(0, 2)):
            self.named_type()
        for _ in range(r.randint(1, 3)):
            self.struct()
        for _ in range(r.randint(1, 4)):
            self.function()
        self.env, self.out, self.budget = [], [], 60
        for t in r.sample(BASIC + list(self.named), 7):
            self.declare(t)
        for t in r.sample([('slice', self.scalar()), ('map', self.key_type(), self.scalar()), ('array', 3, self.scalar()), 'any', *self.structs], 2):
            self.declare(t)
        for _ in range(r.randint(6, 14)):
            self.statement(3)
        for n, t, _ in self.env:
            if not self.has_pointer(t):
                self.emit(f'fmt.Println("{self.p} end", {n})')
        decls, calls = features.Features(self.seed, self.p).make(2)
        self.decls.append(decls)
        self.out = calls.split('\n') + self.out
        return '\n'.join([*self.decls, f'func {self.p}main() {{', *self.out, '}', ''])


def batch_text(programs):
    calls = [f'\tfuel = 600\n\tfmt.Println("=== {seed}")\n\ttry("p{seed} main", p{seed}main)\n' for seed in programs]
    return HEADER + features.HELPERS + '\n' + '\n'.join(programs.values()) + '\nfunc main() {\n' + ''.join(calls) + '\t_ = os.Args\n}\n'


def run(argv, timeout):
    try:
        r = subprocess.run(argv, capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL)
        return r.stdout.decode(errors='replace'), r.stderr.decode(errors='replace'), r.returncode
    except subprocess.TimeoutExpired as e:
        return (e.stdout or b'').decode(errors='replace'), 'timeout', None


def parts(text):
    """What each program printed."""
    found = {}
    for part in re.split(r'^=== ', text, flags=re.M)[1:]:
        seed, _, rest = part.partition('\n')
        found[int(seed)] = rest
    return found


def owner(text, line):
    """The program that a line of a batch belongs to."""
    for s in reversed(text.split('\n')[:line]):
        m = re.match(r'type p(\d+)I interface', s)
        if m:
            return int(m[1])


def blame(text, messages, path):
    return {owner(text, int(n)) for n in re.findall(re.escape(os.path.basename(path)) + r':(\d+):\d+: ', messages)} - {None}


def difference(a, b):
    for x, y in zip(a.split('\n'), b.split('\n')):
        if x != y:
            return f'go:  {x[:300]}\n  gol: {y[:300]}'
    return 'one stops before the other'


def batch(a, seeds, folder):
    """(passed, {seed: why it failed}, refused by both)."""
    programs = {s: Gen(s).program() for s in seeds}
    path, exe = os.path.join(folder, 'main.go'), os.path.join(folder, 'batch')
    failed, refused = {}, []
    while programs:
        text = batch_text(programs)
        with open(path, 'w') as f:
            f.write(text)
        out, err, status = run([a.go, 'build', '-gcflags=-e', '-o', exe, path], BUILD_LIMIT)
        if status == 0:
            break
        _, gol_err, _ = run([a.gol, 'vet', path], 60)
        bad, gol_bad = blame(text, err, path), blame(text, gol_err, path)
        if not bad:
            print(err[:2000])
            return 0, {seeds[0]: 'go build failed'}, []
        for s in bad:
            lines = [x for x in err.split('\n') if (m := re.search(r'main\.go:(\d+):', x)) and owner(text, int(m[1])) == s]
            if s not in gol_bad:
                failed[s] = 'only go refuses it: ' + lines[0]
            else:
                refused.append((s, lines[0]))
            del programs[s]
    if not programs:
        return 0, failed, refused
    want, err, status = run([exe], 120)
    if status == 2 and 'fatal error' in err and len(programs) > 1:  # Go's runtime itself failed: the others without that one
        culprit = max(parts(want), default=seeds[0])
        refused.append((culprit, 'Go stops: ' + err.split('\n')[0]))
        ok, bad, both = batch(a, [s for s in programs if s != culprit], folder)
        return ok, {**failed, **bad}, refused + both
    got, gol_err, gol_status = run([a.gol, 'run', path], 120)
    if gol_status == 1 and not got:
        for s in blame(text, gol_err, path):
            failed[s] = 'only gol refuses it: ' + next(x for x in gol_err.split('\n') if 'main.go:' in x)
            programs.pop(s, None)
        if not programs or not failed:
            return 0, failed or {seeds[0]: gol_err[:600]}, refused
        with open(path, 'w') as f:
            f.write(batch_text(programs))
        got, gol_err, gol_status = run([a.gol, 'run', path], 120)
    want, got = parts(want), parts(got)
    for s in programs:
        if want.get(s) != got.get(s):
            failed[s] = difference(want.get(s, 'nothing'), got.get(s, 'nothing ' + gol_err[:500]))
    differ = [s for s in failed if s in programs]
    if differ:  # is it gc's optimiser?
        run([a.go, 'build', '-gcflags=-N -l', '-o', exe, path], BUILD_LIMIT)
        plain = parts(run([exe], 120)[0])
        for s in differ:
            if plain.get(s) == got.get(s):
                refused.append((s, 'Go without optimisation agrees: ' + failed.pop(s)))
                del programs[s]
    if status != gol_status and not failed:
        failed[seeds[0]] = f'exit status {status} and {gol_status}: {err[:300]} / {gol_err[:300]}'
    return len(programs) - len([s for s in failed if s in programs]), failed, refused


def main():
    ap = argparse.ArgumentParser(description='Random programs, by gol and by Go.')
    ap.add_argument('--gol', default=os.path.join(ROOT, 'build', 'gol'))
    ap.add_argument('--go', default=GO)
    ap.add_argument('--count', type=int, default=200)
    ap.add_argument('--seed', type=int, default=1, help='the first program')
    ap.add_argument('--batch', type=int, default=100)
    ap.add_argument('--show', type=int)
    ap.add_argument('--feature', choices=features.Features.ALL, help='of features.py, this one alone')
    a = ap.parse_args()
    if a.feature:
        features.Features.ALL = [a.feature]
    if a.show is not None:
        print(batch_text({a.show: Gen(a.show).program()}))
        return 0
    if not a.go:
        print(f'Go is not installed\n0 passed, 0 failed, {a.count} skipped')
        return 0
    passed, failed, refused = 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for first in range(a.seed, a.seed + a.count, a.batch):
            ok, bad, both = batch(a, list(range(first, min(first + a.batch, a.seed + a.count))), folder)
            passed, failed, refused = passed + ok, failed + len(bad), refused + len(both)
            for seed, why in bad.items():
                print(f'FAIL program {seed}\n  {why}\n  again: tests/fuzz/programs.py --show {seed} > /tmp/p{seed}.go', flush=True)
            for seed, why in both[:3]:
                print(f'program {seed} does not count: {why}', flush=True)
    if refused:
        print(f'{refused} programs were refused by both, or stopped Go itself')
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
