"""Functions for random programs that lean on one feature of the language each: the methods of Features.

Each makes one function without parameters that prints what it finds. What a feature needs of types and helpers it declares
itself; the names of a program begin with its prefix. Only what the specification fixes is printed, with one exception:
`order` relies on the order in which gc loads variables around calls, which gol follows.
"""
import random

INTS = ['int', 'int8', 'int16', 'int32', 'int64', 'uint', 'uint8', 'uint16', 'uint32', 'uint64']

HELPERS = '''
type seq1 func(func(int) bool)

func upTo(n int) seq1 {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}
func pairs(s []int) func(func(int, int) bool) {
	return func(yield func(int, int) bool) {
		defer fmt.Println("pairs end")
		for i, x := range s {
			if !yield(i, x) {
				fmt.Println("pairs stop")
				return
			}
		}
	}
}
func caught(what string, f func()) {
	defer func() {
		switch r := recover().(type) {
		case nil:
			fmt.Println(what, "fine")
		case runtime.Error:
			fmt.Println(what, "runtime error:", r)
		case error:
			fmt.Println(what, "error:", r)
		default:
			fmt.Printf("%s %T %v\\n", what, r, r)
		}
	}()
	f()
}

type numbers interface{ ~int | ~int8 | ~uint16 | ~float64 }

func kind[T any](x T) string {
	switch y := any(x).(type) {
	case int:
		return fmt.Sprint("int ", y+1)
	case string:
		return "string " + y
	case []T:
		return "slice"
	case fmt.Stringer:
		return "stringer " + y.String()
	case error:
		return "error " + y.Error()
	case nil:
		return "nil"
	default:
		return fmt.Sprintf("%T", y)
	}
}
func fold[T, A any](xs []T, a A, f func(A, T) A) A {
	for _, x := range xs {
		a = f(a, x)
	}
	return a
}

type stack[T any] struct{ items []T }

func (s *stack[T]) push(x T)    { s.items = append(s.items, x) }
func (s *stack[T]) pop() (x T) {
	if n := len(s.items); n > 0 {
		x, s.items = s.items[n-1], s.items[:n-1]
	}
	return
}
func (s stack[T]) len() int { return len(s.items) }
func sumOf[T numbers](xs ...T) (t T) {
	for _, x := range xs {
		t += x
	}
	return t
}

type celsius float64

func (c celsius) String() string { return fmt.Sprintf("%.1fC", float64(c)) }

type mistake struct{ code int }

func (m *mistake) Error() string { return fmt.Sprint("mistake ", m.code) }
'''


class Features:
    def __init__(self, seed, prefix):
        self.r = random.Random(seed * 7919 + 1)
        self.p = prefix
        self.decls, self.calls, self.n = [], [], 0

    # --- small things

    def name(self, stem='x'):
        self.n += 1
        return f'{stem}{self.n}'

    def pick(self, *items):
        return self.r.choice(items)

    def small(self, lo=-3, hi=9):
        return str(self.r.randint(lo, hi))

    def chance(self, x):
        return self.r.random() < x

    def function(self, lines):
        n = f'{self.p}x{len(self.calls)}'
        self.decls += [f'func {n}() {{', *('\t' + s for s in lines), '}']
        self.calls.append(f'\tcaught("{n}", {n})')

    def int_expr(self, names, depth=2, calls=()):
        """An int expression of these variables; no division, no panic."""
        r = self.r
        if depth == 0 or self.chance(0.25):
            return r.choice(list(names) + [self.small()] + list(calls))
        a, b = self.int_expr(names, depth - 1, calls), self.int_expr(names, depth - 1, calls)
        return r.choice([f'({a} {r.choice(["+", "-", "*", "&", "|", "^"])} {b})', f'({a} % {r.randint(2, 9)})',
                         f'({a} >> {r.randint(0, 5)})', f'({a} << uint({r.randint(0, 3)}))', f'-({a})', f'max({a}, {b})'])

    def bool_expr(self, names, depth=1, calls=()):
        r = self.r
        a, b = self.int_expr(names, depth, calls), self.int_expr(names, 0, calls)
        c = f'{a} {r.choice(["<", "<=", "==", "!=", ">", ">="])} {b}'
        if depth > 0 and self.chance(0.4):
            return f'({c}) {r.choice(["&&", "||"])} {self.bool_expr(names, depth - 1, calls)}'
        return f'!({c})' if self.chance(0.1) else c

    # --- features

    def order(self):
        """Variables that calls in the same statement change."""
        r, out = self.r, []
        t = f'{self.p}T{len(self.calls)}'
        self.decls += [f'type {t} struct {{ x, y int }}', f'func (t *{t}) add(k int) int {{ t.x += k; t.y = t.x * 2; return t.x }}',
                       f'func (t {t}) get() int {{ return t.x*10 + t.y }}']
        out += [f'a, b, t := {self.small()}, {self.small()}, {t}{{1, 2}}', 's := []int{3, 4, 5}', 'm := map[string]int{"k": 1}', 'p := &a',
                'var arr [3]int', 'var e any = 0', 'str := "s"',
                f'inc := func(k int) int {{ a += k; return {r.choice(["a", "a * 2", "k"])} }}',
                f'bump := func() int {{ b = b*3 + a; s[0]++; return b }}',
                'fresh := func() []int { s = []int{a, b, 7}; return s }',
                'two := func() (int, int) { a++; b--; arr[1]++; return a, b }',
                'name := func() string { str += "n"; return str }',
                'key := func() string { m["k"] += 2; e = m["k"]; return "k" }']
        atoms = ['a', 'b', 's[0]', 's[a&1]', 'm["k"]', '*p', 't.x', 'arr[1]', 'arr[b&1]', 'len(s)', 't.get()', 'len(str)']
        calls = ['inc(2)', 'inc(b)', 'bump()', 'fresh()[1]', 't.add(3)', 't.add(a)', 'm[key()]', 'len(name())']

        def operand():
            x = r.random()
            if x < 0.45:
                return r.choice(atoms)
            if x < 0.8:
                return r.choice(calls)
            return f'{r.choice(atoms + calls)} {r.choice("+-*")} {r.choice(atoms + calls)}'
        out.append('_, _, _, _, _, _, _ = p, inc, bump, fresh, two, name, key')
        places = ['a', 'b', 's[a&1]', 's[0]', 'm["k"]', 'arr[b&1]', 't.x', '*p', 'm[key()]', 'fresh()[1]', 's[inc(1)&1]', 'arr[bump()&1]', 't.y']
        show = 'fmt.Println(a, b, s, m, t, arr, e, str)'
        for _ in range(r.randint(2, 5)):
            x = r.random()
            if x < 0.3:
                out.append('fmt.Println(' + ', '.join(operand() for _ in range(r.randint(2, 5))) + ')')
            elif x < 0.45:
                out.append(f'{r.choice(places)} = {operand()}')
            elif x < 0.6:
                out.append(f'{r.choice(places)}, {r.choice(places)} = {operand()}, {operand()}')
            elif x < 0.66:
                out.append(f'{r.choice(places)}, {r.choice(places)} = two()')
            elif x < 0.74:
                out.append(f'{r.choice(places)} {r.choice("+-*^")}= {operand()}')
            elif x < 0.80:
                out.append(f'fmt.Println([]int{{{operand()}, {operand()}, {operand()}}}, {t}{{{operand()}, {operand()}}})')
            elif x < 0.85:
                out.append(f'if {operand()} < {operand()} || {operand()} == {operand()} {{ fmt.Println("yes") }}')
            elif x < 0.90:
                out.append(f's = append(s, {operand()}, {operand()})')
            elif x < 0.95:
                v = self.name('f')
                out.append(f'{v} := func() (int, int, string) {{ return {operand()}, {operand()}, str }}')
                out.append(f'fmt.Println({v}())')
            else:
                out.append(f'defer fmt.Println("deferred", {operand()}, {operand()})')
            if self.chance(0.5):
                out.append(show)
        self.function(out + [show])

    def range_func(self):
        """Loops over functions, left in every way."""
        r = self.r
        n = f'{self.p}r{len(self.calls)}'
        body = []

        def loop(depth, labels, vars):
            label, i = self.name('L'), self.name('i')
            x = r.random()
            ind = '\t' * (depth + 1)
            head = (f'for {i} := range upTo({r.randint(1, 5)})' if x < 0.5 else f'for {i}, v{i} := range pairs([]int{{4, 5, 6}})' if x < 0.8
                    else f'for {i} := 0; {i} < 4; {i}++')
            body.append(f'{ind}{label}:')
            body.append(f'{ind}{head} {{')
            inner = vars + [i]
            if x < 0.8 and x >= 0.5:
                body.append(f'{ind}\tn += v{i}')
            labels = labels + [label]
            for _ in range(r.randint(1, 4)):
                y = r.random()
                c = self.bool_expr(inner + ['n'])
                if y < 0.22:
                    body.append(f'{ind}\tif {c} {{ {r.choice(["break", "continue"])} {r.choice(labels)} }}')
                elif y < 0.30:
                    body.append(f'{ind}\tif {c} {{ return {self.int_expr(inner + ["n"])}, "{label}" }}')
                elif y < 0.38:
                    body.append(f'{ind}\tdefer func() {{ fmt.Println("defer", {i}, n); n++ }}()')
                elif y < 0.44:
                    body.append(f'{ind}\tif {c} {{ goto done }}')
                elif y < 0.5:
                    body.append(f'{ind}\tif {c} {{ panic(fmt.Sprint("p", {i})) }}')
                elif y < 0.6:
                    body.append(f'{ind}\tfs = append(fs, func() int {{ {i}++; n += {i}; return {i} }})')
                elif y < 0.75 and depth < 3:
                    loop(depth + 1, labels, inner)
                elif y < 0.85:
                    body.append(f'{ind}\tswitch {{ case {c}: n++; case {self.bool_expr(inner)}: continue; default: if n > 50 {{ break }}; n += 2 }}')
                else:
                    body.append(f'{ind}\tn = ({self.int_expr(inner + ["n"])}) & 255')
            body.append(f'{ind}\tfmt.Println("at", {", ".join(inner)}, n)')
            body.append(f'{ind}\tif n > 200 {{ break {label} }}')
            body.append(f'{ind}}}')
        loop(0, [], [])
        self.decls += [f'func {n}(n int) (out int, where string) {{', '\tvar fs []func() int', '\tfuel := 40', '\t_ = fuel',
                       '\tdefer func() { for _, f := range fs { fmt.Print(f(), " ") }; fmt.Println(n) }()',
                       *body, '\tgoto done', 'done:', '\treturn n, "end"', '}']
        self.function([f'fmt.Println({n}({self.small()}))'])

    def labels(self):
        """Labelled statements, goto, select."""
        r, out = self.r, []
        a, b = self.name('a'), self.name('b')
        out += [f'{a}, {b}, fuel := {self.small(0)}, {self.small(0)}, 0', 'ch := make(chan int, 3)', 'var none chan int', f'ch <- {self.small()}', '_ = none']
        out += ['again:', f'if fuel == 99 {{ goto again }}; fuel++; if fuel > {r.randint(4, 12)} {{ goto out }}', 'outer:', f'for i := 0; i < {r.randint(2, 5)}; i++ {{', '\tif fuel == 98 { continue outer }']
        for _ in range(r.randint(1, 3)):
            x = r.random()
            c = self.bool_expr([a, b, 'i', 'fuel'])
            if x < 0.4:
                out.append(f'\tselect {{ case v := <-ch: {a} += v; if {c} {{ continue outer }}; case <-none: panic("none"); default: {b}++; if {self.bool_expr([a, "i"])} {{ break outer }}; select {{ case ch <- {a} & 7: default: }} }}')
            elif x < 0.6:
                out.append(f'\tswitch {a} & 3 {{ case 0: {b}++; fallthrough; case 1: {a}++; case 2: if {c} {{ break }}; {b} -= 2; case 3: continue outer }}')
            elif x < 0.8:
                out.append(f'\tfor j := range 3 {{ if {self.bool_expr([a, b, "i", "j"])} {{ {r.choice(["continue outer", "break outer", "break", "continue"])} }}; {b} += j }}')
            else:
                out.append(f'\tif {c} {{ {b} = {self.int_expr([a, b, "i"])} & 63 }} else if {self.bool_expr([a, "i"])} {{ {a} ^= i }} else {{ {a}-- }}')
        out += [f'\tfmt.Println(i, {a}, {b}, len(ch))', '}', f'if {self.bool_expr([a, b, "fuel"])} {{ goto again }}', 'out:',
                f'fmt.Println({a}, {b}, fuel, len(ch))']
        self.function(out)

    def methods(self):
        """Promotion through embedding, method values and expressions."""
        r = self.r
        q = f'{self.p}m{len(self.calls)}'
        deep = r.choice(['', '*'])
        self.decls += [f'type {q}A struct {{ n int }}', f'func (a {q}A) Get() int {{ return a.n }}', f'func (a *{q}A) Add(k int) *{q}A {{ a.n += k; return a }}',
                       f'type {q}B struct {{ {deep}{q}A; tag string }}', f'type {q}C struct {{ {q}B; extra [2]{q}A }}',
                       f'func (b {q}B) Tag(s string) string {{ return b.tag + s + fmt.Sprint(b.n) }}',
                       f'type {q}I interface {{ Get() int; Add(int) *{q}A }}', f'type {q}J interface {{ {q}I; Tag(string) string }}',
                       f'type {q}F func(int) int', f'func (f {q}F) Twice(x int) int {{ return f(f(x)) }}']
        if self.chance(0.4):
            self.decls.append(f'func (c {q}C) Get() int {{ return c.n * 100 }}')
        new = f'{q}A{{{self.small()}}}' if not deep else f'&{q}A{{{self.small()}}}'
        out = [f'c := {q}C{{{q}B: {q}B{{{new}, "t"}}}}', 'd := c', 'get, add, tag := c.Get, c.Add, d.Tag', f'var i {q}I = &c', f'var j {q}J = &d',
               f'ex := (*{q}C).Add', f'val := {q}C.Get', f'fn := {q}F(func(x int) int {{ return x*{self.small(2)} + 1 }}).Twice', '_, _, _, _, _, _ = i, j, ex, val, fn, add']
        steps = ['c.Add(2)', 'add(3).Add(1)', 'fmt.Println(get(), c.Get(), d.Get(), val(c), val(d))', 'ex(&d, 5)', 'fmt.Println(i.Get(), j.Get(), j.Tag("x"))',
                 'fmt.Println(tag("y"), d.Tag("z"))', 'c.extra[1].Add(7)', 'd = c', 'i.Add(9)', 'j.Add(1).Add(1)', 'fmt.Println(c.extra, d.extra, c.n, d.n)',
                 'get, tag = d.Get, c.Tag', f'i = &c.extra[{r.randint(0, 1)}]', 'defer fmt.Println("deferred", c.Get())', 'defer c.Add(100)',
                 f'if x, ok := i.({q}J); ok {{ fmt.Println("J", x.Tag("q")) }} else {{ fmt.Printf("%T is no J\\n", i) }}', 'fmt.Println(fn(3), fn(c.n))',
                 f'for _, x := range []{q}I{{&c, i, &d.extra[0]}} {{ x.Add(1); fmt.Print(x.Get(), " ") }}; fmt.Println()',
                 f'fmt.Println(func(xs ...{q}I) (t int) {{ for _, x := range xs {{ t += x.Get() }}; return }}(i, &c, j))']
        self.function(out + [r.choice(steps) for _ in range(r.randint(4, 10))] + ['fmt.Println(c.Get(), d.Get(), get(), tag("end"), add(0).n, i.Get(), j.Get())'])

    def keys(self):
        """Comparable structs, arrays and interfaces as map keys."""
        r = self.r
        q = f'{self.p}k{len(self.calls)}'
        self.decls += [f'type {q}P struct {{ x int8; y string }}', f'type {q}K struct {{ ps [2]{q}P; f float64; _ int; e any }}']
        ps = lambda: f'{q}P{{{self.small()}, "{r.choice(["", "a", "b"])}"}}'
        es = lambda: r.choice(['nil', '1', '"s"', 'int8(1)', '1.5', ps(), '[1]int{2}', 'true', "'x'", 'celsius(2)', 'struct{}{}'])
        ks = lambda: f'{q}K{{ps: [2]{q}P{{{ps()}, {ps()}}}, f: {r.choice(["0", "1.5", "zero * -1"])}, e: {es()}}}'
        out = ['zero := 0.0', f'm := map[{q}K]int{{}}', f'n := map[any]string{{}}', f'o := map[[2]{q}P][]int{{}}', 'nan := zero / zero', 'f := map[float64]int{}']
        for _ in range(r.randint(4, 10)):
            out.append(r.choice([lambda: f'm[{ks()}]++', lambda: f'n[{es()}] += "x"', lambda: f'o[[2]{q}P{{{ps()}, {ps()}}}] = append(o[[2]{q}P{{{ps()}}}], {self.small()})',
                                 lambda: f'f[{r.choice(["nan", "zero", "-zero", "1.5"])}]++', lambda: f'delete(m, {ks()})', lambda: f'delete(f, nan); delete(f, -zero)',
                                 lambda: f'v, ok := n[{es()}]; fmt.Println(v, ok)', lambda: f'fmt.Println({es()} == any({es()}), {ks()} == {ks()}, {ps()} != {ps()})',
                                 lambda: f'for k := range o {{ if k[0].x > 3 {{ delete(o, k) }} }}', lambda: 'if len(f) > 3 { clear(f) }',
                                 lambda: f'n[[]int{{1}}] = "no"' if self.chance(0.2) else f'n[{q}P{{1, "z"}}] = "yes"'])())
            if 'v, ok' in out[-1]:
                out[-1] = '{ ' + out[-1] + ' }'
        out += ['sum := 0', 'for _, v := range m { sum += v }', 'fmt.Println(len(m), sum, len(n), len(o), len(f), f[0], f[nan])', 'fmt.Println(o)']
        self.function(out)

    def shifts(self):
        """Untyped constants in shifts, conversions between all integer types."""
        r = self.r
        out = [f'u, v := uint({r.randint(0, 9)}), uint8({r.randint(0, 70)})', f'i := {self.small()}', 's := make([]int, 600)', '_, _, _, _ = u, v, i, s']
        forms = ['fmt.Println({t}(1<<u), {t}(1)<<v, {t}(255)>>v)' .replace('{t}(255)', '{t}(100)'),
                 '{ var x {t} = 1 << u; x = x<<v ^ 1<<u; fmt.Println(x, x>>1, ^x) }',
                 '{ x := {t}({k}); x <<= v; x |= 1<<u>>1; x >>= u; fmt.Printf("%v %x\\n", x, x) }',
                 's[1<<u]++; fmt.Println(s[1<<u>>1], len(s) >= 1<<u)',
                 'fmt.Println(make([]int8, 1<<u>>2), 1<<u == 8, 1<<3 == 8.0)',
                 'fmt.Println({t}(i)<<v>>v, -{t}(i), {t}(i)*{t}({k}), {t}(i)/{t}({d}), {t}(i)%{t}({d}))',
                 'fmt.Println({t}({o}(i)), {o}({t}({k})<<u), {t}(i) &^ {t}({k}))',
                 '{ x, y := {t}(i), {t}({k}); fmt.Println(x < y, x == y, min(x, y), max(x, y, 3), x ^ y, x | y) }',
                 '{ var f float64 = 1 << 3; g := float32(i) / 3; fmt.Println(f, g, int(g*2), {t}(f)) }',
                 '{ n := int8(i); if u > 7 { n = -1 }; fmt.Println(1 << uint8(n) >> 8, {t}(1) << (uint8(n) & 7)) }',
                 '{ x := {t}({k}); for range 3 { x = x*7 + {t}(v); x ^= x >> 3; x += x << 5 }; fmt.Println(x) }',
                 '{ c := i - 3; fmt.Println({t}(2) << c) }', 'const big = 1 << 62; fmt.Println(big>>u, big/3%{d}, uint64(big)*3)',
                 'var w {t} = {k}; fmt.Println(w<<1>>1, w/{d}*{d}+w%{d} == w)']
        for _ in range(r.randint(3, 8)):
            s = r.choice(forms)
            for old, new in (('{t}', r.choice(INTS)), ('{o}', r.choice(INTS)), ('{k}', str(r.choice([0, 1, 3, 17, 100, 127]))), ('{d}', str(r.choice([1, 2, 3, 7, 10, 64, 100])))):
                s = s.replace(old, new)
            out.append('{ ' + s + ' }' if s.startswith(('const', 'var')) else s)
        self.function(out)

    def complexes(self):
        r = self.r
        t, f = r.choice([('complex128', 'float64'), ('complex64', 'float32')])
        lit = lambda: f'{t}(complex({r.choice(["0", "1", "-2.5", "3", "1e3"])}, {r.choice(["0", "1", "-0.5", "4"])}))'
        out = [f'a, b, c := {lit()}, {lit()}, {lit()}', f'arr := [2]{t}{{a, b}}', f'm := map[{t}]int{{a: 1, b: 2}}']
        for _ in range(r.randint(3, 7)):
            x, y, z = (r.choice(['a', 'b', 'c', 'arr[0]', 'arr[1]', lit(), '2i', '(1+1i)']) for _ in range(3))
            out.append(r.choice([f'a = a*b {r.choice("+-")} {x}', f'c {r.choice("+-*")}= {y}', f'fmt.Println({x}+a, {y}*b, -c, {x} == {y}+a-a)', f'arr[0], arr[1] = {x}, arr[0]',
                                 f'fmt.Println(real(a*{y}), imag({x}-c), real(c))', f'm[{x}]++; fmt.Println(len(m), m[a])', f'fmt.Printf("%v %.2f %T\\n", a+{x}, b, c)',
                                 f'if real(b) != 0 {{ fmt.Printf("%.3f\\n", {x}/b) }}', f'b = complex(real(a)/2, imag(c)+{f}({self.small()}))',
                                 f'var e any = {x}+a; switch e.(type) {{ case complex64: fmt.Println("c64", e); case complex128: fmt.Println("c128", e) }}']))
            if out[-1].startswith('var e'):
                out[-1] = '{ ' + out[-1] + ' }'
        self.function(out + ['fmt.Println(a, b, c, arr, len(m))'])

    def strings(self):
        """Invalid UTF-8 in iteration and conversions."""
        r = self.r
        piece = lambda: r.choice(['a', 'é', '日', '\\xff', '\\xc3', '\\xe6\\x97', '\\xed\\xa0\\x80', '\\U0001F600', '\\x00', '\\xf4\\x90\\x80\\x80', 'z', '\\xc0\\x80', '\\ufffd'])
        s = ''.join(piece() for _ in range(r.randint(1, 8)))
        out = [f's := "{s}"', f't := "{"".join(piece() for _ in range(3))}"', 'bs := []byte(s)', 'rs := []rune(s + t)']
        forms = ['for i, c := range s { fmt.Print(i, ":", c, " ") }; fmt.Println()', 'for i := range t + s { fmt.Print(i, " ") }; fmt.Println()',
                 'fmt.Println(len(s), len(rs), len([]rune(t)), rs)', 'fmt.Printf("%q %x %+q %v\\n", s, t, s+t, bs)', 'fmt.Println(string(rs) == s+t, s < t, s == string(bs))',
                 'bs = append(bs, t...); bs = append(bs, s[:len(s)/2]...); fmt.Println(bs, string(bs))', f'fmt.Println(string(rune({r.choice(["-1", "0x10ffff", "0xd800", "65", "0x110000"])})+rune(len(s)-len(s))))',
                 'for i, c := range []byte(t) { fmt.Print(i, c, " ") }; fmt.Println()', 'fmt.Println(s[len(s)/2:], s[:1], s[len(s)-1])', 'copy(bs, t); fmt.Println(bs)',
                 'switch s { case t: fmt.Println("same"); case "a", "z": fmt.Println("one"); default: fmt.Println("other") }',
                 'm := map[string]int{s: 1, t: 2, string(bs): 3}; fmt.Println(m[s], m[string([]byte(t))])', 'rs[0] = 0xd800; fmt.Printf("%q %U\\n", string(rs), rs[0])',
                 'u := ""; for _, c := range s { u = string(c) + u }; fmt.Printf("%q\\n", u)', f'fmt.Println(s[{r.randint(0, 6)}], t[{r.randint(0, 3)}:{r.randint(0, 4)}])']
        forms = [f for f in forms if not ('t[' in f and __import__('re').search(r't\[(\d):(\d)\]', f) and int(__import__('re').search(r't\[(\d):(\d)\]', f)[1]) > int(__import__('re').search(r't\[(\d):(\d)\]', f)[2]))]
        for f in r.sample(forms, r.randint(3, 7)):
            out.append('{ ' + f + ' }')
        self.function(out + ['_, _, _ = t, bs, rs'])

    def panics(self):
        """Run-time errors, and how defer and recover pass them on."""
        r = self.r
        n = f'{self.p}d{len(self.calls)}'
        errors = ['_ = s[i+5]', 's[i-9]++', '_ = s[i:1]', '_ = s[:i+9]', '_ = s[4:i]', '_ = s[1:2:i+7]', '_ = str[i+5]', '_ = str[i:2]', '_ = arr[i&7]', '_ = arr[:i]', 'm["a"] = 1', '_ = 7 / (i - 2)',
                  '_ = 7 % (i - 2)', '_ = e.(string)', '_ = e.(fmt.Stringer)', '_ = e.(*mistake)', '_ = any(nil).(int)', '_ = q.x', 'q.x = 1', '_ = [2]int(s[:i-1])', '_ = (*[4]int)(s)', '_ = make([]int, i-9)',
                  '_ = make([]int, 1, i-2)', '_ = make(chan int, i-9)', 'close(ch)', 'close(cl); cl <- 1', 'f()', 'st.String()', '_ = 1 << (i - 9)', 'panic(i)', 'panic(fmt.Sprint("s", i))', 'panic(&mistake{i})',
                  'panic(celsius(i))', '_ = e == any(s)', 'mm[s] = 1', 'panic(nil)', '_ = any(s) == any(s)', '_ = er.Error()', '_ = *pi', 'panic(errors.New("e"))',
                  '_ = e.(interface{ Foo(int) string })', '_ = io.(fmt.Stringer)', 'arr[i+1] = 2']
        setup = ['s := []int{1, 2, 3}', 'str := "abc"', 'var arr [3]int', 'var m map[string]int', 'var e any = 3', 'var q *struct{ x int }', 'var ch chan int', 'cl := make(chan int, 1)', 'close(cl); cl = make(chan int)',
                 'var f func()', 'var st fmt.Stringer', 'mm := map[any]int{}', 'var pi *int', 'var io any = celsius(1)', 'var er error', 'var _, _, _, _, _, _, _, _, _, _, _, _, _, _, _ = s, str, arr, m, e, q, ch, cl, f, st, mm, pi, io, er, i']
        risky = lambda: r.choice(errors)
        lines = []
        for k in range(r.randint(1, 4)):
            x = r.random()
            if x < 0.3:
                lines.append(f'\tdefer func() {{ fmt.Println("r{k}", recover()) }}()')
            elif x < 0.4:
                lines.append(f'\tdefer func() {{ if x := recover(); x != nil {{ out += {k}; panic(fmt.Sprint("again ", x)) }} }}()')
            elif x < 0.5:
                lines.append(f'\tdefer func() {{ defer func() {{ fmt.Println("inner{k}", recover()) }}(); {risky()} }}()')
            elif x < 0.6:
                lines.append(f'\tdefer func() {{ func() {{ fmt.Println("not here", recover()) }}() }}()')
            elif x < 0.7:
                lines.append(f'\tdefer func() {{ out = out*10 + {k} }}()')
            elif x < 0.8:
                lines.append(f'\tfor j := range 2 {{ defer func() {{ fmt.Println("loop", j, out); if j == 1 {{ recover() }} }}() }}')
            elif x < 0.9:
                lines.append(f'\tdefer recover()')
            else:
                lines.append(f'\tif i > {r.randint(0, 4)} {{ {risky()} }}')
        self.decls += [f'func {n}(i int) (out int) {{', *('\t' + s for s in setup), *lines, f'\t{risky()}', '\tout += 5', f'\t{risky()}', '\treturn out + 1', '}']
        calls = [f'caught("{n} {k}", func() {{ fmt.Println({n}({r.randint(0, 5)})) }})' for k in range(r.randint(2, 4))]
        if self.chance(0.2):
            calls.append(f'{{ done := make(chan bool); go func() {{ defer close(done); defer fmt.Println("exit", recover()); func() {{ defer func() {{ recover() }}(); runtime.Goexit() }}(); fmt.Println("never") }}(); <-done }}')
        self.function(calls)

    def closures(self):
        """Variables shared by closures, a new one each iteration."""
        r = self.r
        out = ['var fs []func() int', 'total, acc := 0, []int(nil)']
        i, j = self.name('i'), self.name('j')
        heads = [f'for {i} := 0; {i} < {r.randint(2, 5)}; {i}++', f'for {i}, {j} := 0, 9; {i} < {j}; {i}, {j} = {i}+2, {j}-1', f'for {i} := range {r.randint(2, 5)}', f'for {i}, {j} := range []int{{5, 6, 7}}',
                 f'for {i} := 0; {i} < 6; fs = append(fs, func() int {{ {i}++; return {i} }})', f'for {i} := range upTo(4)']
        for k in range(r.randint(1, 3)):
            head = r.choice(heads)
            vs = [i] + ([j] if j in head else [])
            used = ', '.join('_' for _ in vs) + ' = ' + ', '.join(vs)
            v = r.choice(vs)
            out += [head + ' {', '\t' + used]
            for _ in range(r.randint(1, 4)):
                out.append('\t' + r.choice([f'fs = append(fs, func() int {{ {v} += {r.randint(1, 3)}; total += {v}; return {v} }})', f'fs = append(fs, func() int {{ return {self.int_expr(vs + ["total"])} }})',
                                            f'func() {{ {v} ^= 1; total++ }}()' if 'upTo' in head or 'range' in head else f'total += {v}', f'if {self.bool_expr(vs + ["total"])} {{ continue }}' if 'fs = append(fs, func() int { ' not in head else f'total--',
                                            f'x := {v} * 2; fs = append(fs, func() int {{ x++; return x + {v} }}); x += 10; _ = x' if self.chance(0.5) else f'acc = append(acc, {v})',
                                            f'fs = append(fs, func() func() int {{ y := {v}; return func() int {{ y += {v}; return y }} }}())', f'{v}++' if 'range' in head else f'total += 2 * {v}',
                                            f'defer func(k int) {{ fmt.Println("d", k, {v}, total) }}({v})']))
                if ' x := ' in out[-1] or out[-1].startswith('\tx :='):
                    out[-1] = '\t{ ' + out[-1].strip() + ' }'
            if head.startswith('for') and 'fs = append' in head:
                out.append(f'\t{i} += 2')
            out.append('}')
        out += ['var rec func(int) int', 'rec = func(n int) int { if n < 2 { return n + total }; total++; return rec(n-1) + rec(n-2) }', f'fmt.Println(rec({r.randint(3, 7)}), total)',
                'for range 2 { for _, f := range fs { fmt.Print(f(), " ") } }', 'fmt.Println(total, acc)']
        self.function(out)

    def generics(self):
        r = self.r
        q = f'{self.p}g{len(self.calls)}'
        self.decls += [f'type {q}Num int8', f'type {q}Pair[K comparable, V any] struct {{ key K; val V; next *{q}Pair[K, V] }}',
                       f'func (p *{q}Pair[K, V]) find(k K) (v V, ok bool) {{ for ; p != nil; p = p.next {{ if p.key == k {{ return p.val, true }} }}; return }}',
                       f'func {q}both[T interface{{ ~int8 | ~int; {q}Dbl[T] }}](x T) (T, string) {{ return x.Dbl() + {self.small(0)}, fmt.Sprintf("%T", x) }}',
                       f'type {q}Dbl[T any] interface {{ Dbl() T }}', f'func (n {q}Num) Dbl() {q}Num {{ return n * 2 }}',
                       f'type {q}Set[T comparable] map[T]struct{{}}', f'func (s {q}Set[T]) add(xs ...T) {q}Set[T] {{ for _, x := range xs {{ s[x] = struct{{}}{{}} }}; return s }}',
                       f'type {q}Tree[T any] struct {{ l, r *{q}Tree[T]; v T; less func(a, b T) bool }}',
                       f'func (t *{q}Tree[T]) put(v T) {{ c := &t.l; if t.less(t.v, v) {{ c = &t.r }}; if *c == nil {{ *c = &{q}Tree[T]{{v: v, less: t.less}} }} else {{ (*c).put(v) }} }}',
                       f'func (t *{q}Tree[T]) all(yield func(T) bool) bool {{ return t == nil || t.l.all(yield) && yield(t.v) && t.r.all(yield) }}']
        any_value = lambda: r.choice(['1', '"s"', 'celsius(3)', '&mistake{4}', '[]int{1}', f'{q}Num(3)', '2.5', 'struct{}{}', 'any(nil)', "'c'", 'error(nil)', '[]string(nil)', 'func() {}', 'int8(2)'])
        forms = [f'fmt.Println(kind({any_value()}), kind({any_value()}))', f'fmt.Println({q}both({q}Num({self.small()})))', f'fmt.Println(len({q}Set[string]{{}}.add("a", "b", "a")), {q}Set[{q}Num]{{}}.add(1, 2, 1))',
                 f'{{ p := &{q}Pair[string, int]{{"a", 1, nil}}; p = &{q}Pair[string, int]{{"b", {self.small()}, p}}; fmt.Println(p.find("{r.choice("abc")}")) }}',
                 f'{{ var s stack[{r.choice(["int", "string", "any", q + "Num"])}]; fmt.Println(s.pop(), s.len()); s.items = append(s.items, s.pop(), s.pop()); fmt.Printf("%T %v\\n", s, s.len()) }}',
                 f'fmt.Println(fold([]int{{1, 2, 3}}, "", func(a string, x int) string {{ return a + fmt.Sprint(x*{self.small()}) }}))', f'fmt.Println(sumOf[{q}Num](1, 100, 100), sumOf(1.5, 2), sumOf[int]())',
                 f'{{ t := &{q}Tree[int]{{v: {self.small()}, less: func(a, b int) bool {{ return a {r.choice("<>")} b }}}}; for _, v := range []int{{{", ".join(self.small() for _ in range(5))}}} {{ t.put(v) }}; for v := range func(y func(int) bool) {{ t.all(y) }} {{ if v == {self.small()} {{ break }}; fmt.Print(v, " ") }}; fmt.Println() }}',
                 f'{{ f := sumOf[{q}Num]; g := kind[{q}Pair[int, {q}Num]]; fmt.Println(f(3, 4), g({q}Pair[int, {q}Num]{{}})) }}', f'fmt.Printf("%T %T\\n", {q}Pair[{q}Num, []int]{{}}, &stack[{q}Set[int]]{{}})',
                 f'{{ var d any = {q}Num(5); if x, ok := d.({q}Dbl[{q}Num]); ok {{ fmt.Println(x.Dbl()) }}; _, ok := d.({q}Dbl[int]); fmt.Println(ok) }}',
                 f'fmt.Println(func() (int, bool) {{ x := {q}Pair[[2]int, any]{{key: [2]int{{1, 2}}, val: 7}}; v, ok := x.find([2]int{{1, {r.randint(1, 2)}}}); n, _ := v.(int); return n, ok }}())']
        self.function(r.sample(forms, r.randint(3, 7)))

    def values(self):
        """Structs and arrays are values, slices share."""
        r = self.r
        q = f'{self.p}v{len(self.calls)}'
        self.decls += [f'type {q}S struct {{ a [3]int16; b struct {{ c bool; d [2]string }}; e uint8 }}', f'func {q}change(s {q}S, a [3]int16) ({q}S, [3]int16) {{ s.a[1]++; s.b.d[0] += "!"; a[0] = s.a[1]; return s, a }}',
                       f'func (s {q}S) with(i int) {q}S {{ s.a[i&1] = int16(i); s.e += uint8(i); return s }}']
        out = [f'var x {q}S', f'y := {q}S{{a: [3]int16{{1, 2, 3}}, e: 250}}', f'grid := [3][2]int{{{{1, 2}}, {{3}}}}', 'sl := []int{0, 1, 2, 3, 4, 5}', f'ss := []{q}S{{x, y}}', f'm := map[string]{q}S{{"y": y}}', 'p := &grid[1]', 'px := &x']
        forms = ['x, y.a = ' + f'{q}change(y, x.a)', 'grid[2], grid[0] = grid[0], grid[2]', 'for i, row := range grid { row[0] = 9; grid[(i+1)%3][1] += i + row[0]; grid[i] = row }', 'p[0] += 5', 'for i := range p { p[i]++ }',
                 f't := sl[{r.randint(0, 2)}:{r.randint(3, 4)}]; t = append(t, 70); fmt.Println(t, sl, len(t), cap(t))', 'copy(sl[1:], sl)', 'copy(sl, sl[2:])', f'u := sl[1:3:4]; u = append(u, 8, 9); u[0] = 1; fmt.Println(u, sl)',
                 'ss[0], ss[1] = ss[1], ss[0]', 'ss = append(ss, ss...); ss[0].a[0]++', 'z := m["y"]; z.a[2] = 77; m["z"] = z', 'm["y"] = m["none"].with(3)', 'x = y.with(1).with(2)', 'px.b.c = !px.b.c; *px = px.with(5)',
                 'fmt.Println(x == y, x.a == y.a, grid[0] == [2]int{1, 2}, ss[0] == x)', 'for i, s := range ss { s.e++; ss[i].a[1] += int16(s.e) }', 'a := grid; a[0][0] = -1; fmt.Println(a, grid)', 'g := &grid; for i, row := range g { g[2][0] = i; fmt.Print(row) }; fmt.Println()',
                 'an := any(grid); grid[0][0]++; fmt.Println(an == any(grid), an.([3][2]int)[0])', 'x.b = struct{ c bool; d [2]string }{true, [2]string{"q"}}', 'ptrs := []*[2]int{&grid[0], p}; *ptrs[0] = *ptrs[1]; ptrs[1][1]--',
                 f'sl = append(sl[:{r.randint(0, 2)}], sl[{r.randint(2, 4)}:]...)', 'clear(sl[1:])', 'fs := [2]func(){func() { grid[0][0]++ }, func() { x.e-- }}; for _, f := range fs { f() }', 'ar := [3]int(sl[:3]); ar[0] = 100; q := (*[2]int)(sl); q[1]--; fmt.Println(ar, sl)']
        for _ in range(r.randint(4, 10)):
            out.append('{ ' + r.choice(forms) + ' }')
        self.function(out + ['_, _ = p, px', 'fmt.Println(x, y, grid, sl, ss, m)'])

    def loops(self):
        """Loops with invariants, small functions and constants: food for the optimisations."""
        r = self.r
        q = f'{self.p}l{len(self.calls)}'
        body = self.int_expr(['a', 'b'], 2)
        self.decls += [f'func {q}f(a, b int) int {{ return {body} }}', f'func {q}g(a int) int {{ if {self.bool_expr(["a"])} {{ return {self.int_expr(["a"], 1)} }}; return {q}f(a, {self.small()}) }}',
                       f'func {q}h(a int) (int, bool) {{ a = {self.int_expr(["a"], 1)}; return a, a&1 == 0 }}', f'type {q}N struct {{ v, w int; xs []int }}', f'func (n *{q}N) at(i int) int {{ return n.xs[i%len(n.xs)] + n.w }}',
                       f'func (n {q}N) mul(k int) int {{ return n.v * k }}', f'func {q}set(p *int, v int) int {{ old := *p; *p = v; return old }}', f'const {q}C = {self.small()}']
        calls = [f'{q}f(i, n)', f'{q}f(k, {self.small()})', f'{q}g(i)', f'{q}g(n & 7)', 's.at(i)', 's.mul(k)', f'{q}f({q}f(i, k), {q}g(k))', 'xs[i%len(xs)]', 's.v', f'{q}C * k', 'len(xs) * k', 'tab[i&3]', 'tab[k&3]', '*ptr', f'{q}f(*ptr, s.w)', 'int(b8)', 'int(i16)*k']
        out = [f'n, k, b8, i16 := {self.small()}, {self.small(1)}, uint8({r.randint(0, 255)}), int16({r.randint(-300, 300)})', f's := {q}N{{{self.small()}, {self.small()}, []int{{1, 2, 3}}}}', 'xs := []int{4, 5, 6, 7}', 'tab := [4]int{1, 3, 5, 7}', 'ptr := &s.v', '_, _, _ = tab, ptr, i16']

        def statements(depth, names):
            res = []
            for _ in range(r.randint(1, 4)):
                x = r.random()
                e = self.int_expr(names, 2, calls)
                c = self.bool_expr(names, 1, calls)
                if x < 0.25:
                    res.append(f'n = ({e}) & 1023')
                elif x < 0.33:
                    res.append(f'xs[i%len(xs)] {r.choice(["", "+", "^"])}= ({e}) & 255')
                elif x < 0.41:
                    res.append(r.choice(['k++', 'b8 += uint8(i)', 'i16 = i16*3 - int16(k)', 's.w ^= i', 's.v--', 'tab[i&3] += n', '*ptr += 2', f'n += {q}set(&k, {self.small(1)})', f'n ^= {q}set(&tab[k&3], i)', 's.xs = append(s.xs, i)', 'xs = xs[:2+i&1:4]', 'xs, s.xs = s.xs, xs',
                                         f'if v, even := {q}h(k); even {{ n += v }} else {{ n -= v }}', 'k = k & 15']))
                elif x < 0.58:
                    res.append(f'if {c} {{ {"; ".join(statements(0, names))} }}' + (f' else if {self.bool_expr(names, 1, calls)} {{ n++ }} else {{ {"; ".join(statements(0, names))} }}' if self.chance(0.5) else ''))
                elif x < 0.66 and depth:
                    res.append(f'if {c} {{ {r.choice(["continue", "break"])} }}')
                elif x < 0.8 and depth > 1:
                    j = self.name('j')
                    head = r.choice([f'for {j} := 0; {j} < {r.choice(["3", "len(xs)", "k & 3", "n & 3", "len(s.xs) & 7"])}; {j}++', f'for {j} := {r.randint(1, 4)}; {j} > 0; {j}--', f'for {j} := range {r.choice(["3", "xs", "tab", "k & 3"])}', f'for {j}, v := 0, k; {j} < 3 && v < 99; {j}, v = {j}+1, v+{j}'])
                    res.append(head + ' { ' + '; '.join(statements(depth - 1, names + [j])) + f'; n += {j} }}')
                elif x < 0.9:
                    res.append(f'switch {r.choice(["n & 3", "i % 3", "k", "b8 % 3", q + "C"])} {{ case {r.randint(0, 1)}: {r.choice(["n++", "k--", "s.w++"])}; case 2, 3: n -= i; {r.choice(["", "fallthrough"])}; default: n ^= 5 }}')
                else:
                    res.append(f'n += {e} & 63')
            return res
        for _ in range(r.randint(1, 3)):
            out.append(f'for i := 0; i < {r.randint(2, 9)}; i++ {{')
            out += ['\t' + s for s in statements(2, ['i', 'n', 'k'])]
            out.append('}')
            out.append('fmt.Println(n, k, b8, i16, s, xs, tab)')
        self.function(out)

    def bigs(self):
        """Arrays and structs too big for a frame: they are copied in memory."""
        r = self.r
        q = f'{self.p}b{len(self.calls)}'
        self.decls += [f'type {q}A [{r.choice([300, 700])}]int', f'type {q}S struct {{ n int; a {q}A; s string }}', f'var {q}g, {q}h {q}A', f'var {q}s {q}S',
                       f'func {q}sum(a *{q}A) (t int) {{ for i, x := range a {{ t += x * (i + 1) }}; return }}', f'func {q}id(a {q}A) {q}A {{ a[0]++; return a }}']
        places = [f'{q}g', f'{q}h', 'a', 'b', f'{q}s.a', 't.a', '*p', 'sl[0]', 'sl[k]', 'm2[1]', 'm2[k]', 'ps.a']
        values = places + [f'{q}A{{}}', f'{q}A{{1, 2, k: 3, k2: a[k]}}'.replace('k: 3, k2: a[k]', '7: a[k], 9: k'), f'{q}A{{5: b[1] + a[2]}}', f'{q}id(a)', f'mm["x"]']
        structs = [f'{q}s', 't', '*ps']
        svalues = structs + [f'{q}S{{}}', f'{q}S{{n: k, s: t.s + "x"}}', f'{q}S{{a: a, n: {q}s.n}}', f'{q}S{{3, {q}A{{k}}, {q}s.s}}']
        out = [f'var a, b {q}A', f't := {q}S{{n: 1, s: "t"}}', 'p, ps, k := &b, &t, 1', f'sl := make([]{q}A, 2)', f'var m2 [2]{q}A', f'mm := map[string]{q}A{{"x": a}}',
               'for i := range a { a[i] = i; b[i] = i * i % 17 }', f'{q}s.n = 4']
        for _ in range(r.randint(4, 10)):
            x = r.random()
            if x < 0.5:
                out.append(f'{r.choice(places)} = {r.choice(values)}')
            elif x < 0.62:
                out.append(f'{r.choice(structs)} = {r.choice(svalues)}')
            elif x < 0.7:
                v = self.name('v')
                out.append(f'{v} := {r.choice(values)}; {v}[k]++; {r.choice(places)} = {v}')
            elif x < 0.76:
                out.append(f'{r.choice(places)}[k] += {self.small()}'.replace('*p[', 'p['))
            elif x < 0.82:
                out.append(f'{r.choice(places)}, {r.choice(places)} = {r.choice(values)}, {r.choice(values)}')
            elif x < 0.88:
                out.append(f'mm["x"] = {r.choice(values)}; fmt.Println({r.choice(places)} == {r.choice(places)})')
            elif x < 0.94:
                out.append(f'for i, x := range {r.choice(places)} {{ if i > 3 {{ break }}; a[0] += x; fmt.Print(x, " ") }}; fmt.Println()')
            else:
                out.append(f'{{ var e any = {r.choice(values)}; w, ok := e.({q}A); fmt.Println(w[k], ok, e == any(a)) }}')
        self.function(out + ['_, _, _ = p, ps, k', 'for _, x := range []*' + f'{q}A{{&{q}g, &{q}h, &a, &b, &{q}s.a, &t.a, &sl[0], &sl[1], &m2[0], &m2[1]}} {{ fmt.Print({q}sum(x), " ") }}', f'fmt.Println({q}s.n, {q}s.s, t.n, t.s, mm["x"][1])'])

    def addresses(self):
        """Pointers to local variables, which go everywhere and come back after the memory may have been used again."""
        r = self.r
        q = f'{self.p}a{len(self.calls)}'
        n, count = f'{q}N', r.randint(2, 5)
        calm = r.random() < 0.5  # few pointers leave the functions
        self.decls += [
            f'type {n} struct {{ v int; next *{n}; a [3]int; s []int; f func() int; e any }}',
            f'type {q}W struct {{ {n}; k int }}',
            f'var ({q}g *{n}; {q}l []*{n}; {q}m = map[string]*{n}{{}}; {q}f []func() int; {q}c = make(chan *{n}, 64); {q}i any; {q}p []*int; {q}s []int)',
            f'func {q}val(p *{n}) int {{ if p == nil {{ return -1 }}; return p.v*10 + p.a[1] }}',
            f'func {q}id[T any](x T) T {{ return x }}',
            f'func {q}two(p *{n}, k int) (*{n}, int) {{ return p, k + 1 }}',
            f'func {q}many(ps ...*{n}) *{n} {{ if len(ps) > 1 {{ return ps[1] }}; return nil }}',
            f'func (p *{n}) bump(k int) *{n} {{ if p == nil {{ return nil }}; p.v += k; p.a[k&1]++; return p }}',
            f'func (p *{n}) link(o *{n}) {{ if p != nil {{ p.next = o }} }}',
            f'func (p *{n}) keep() {{ {r.choice([f"{q}g = p", f"{q}i = p", f"if p != nil {{ p.e = p }}", "_ = p"])} }}',
            f'func (p {n}) sum() int {{ return p.v + p.a[0] + len(p.s) }}',
            f'func {q}churn(k int) int {{ l := {n}{{v: -k, a: [3]int{{k, k, k}}}}; var b [3]int; b[k%3] = -k; if k > 0 {{ return {q}churn(k-1) + l.bump(1).v + {q}part(b[:]) }}; return l.v }}',
            f'func {q}part(s []int) int {{ t := 0; for _, x := range s {{ t += x }}; return t }}',
            f'func {q}show(p *{n}, depth int) string {{ if p == nil || depth == 0 {{ return "-" }}; return fmt.Sprint(p.v, p.a, p.s, " ") + {q}show(p.next, depth-1) }}']
        fresh = lambda: self.name('l')

        def pointer(ps, ls):
            x = r.random()
            if ls and x < 0.45:
                return '&' + r.choice(ls)
            if x < 0.75:
                return r.choice(ps)
            p = r.choice(ps + ['&' + l for l in ls])
            return r.choice([f'{q}id({p})' if calm else f'{q}g', f'{q}id({p})', r.choice(ps) if calm else f'{q}many({r.choice(ps)}, {p})', f'({p}).bump({self.small(0, 3)})', f'&{n}{{v: {self.small()}, next: {p}}}',
                             f'func() *{n} {{ return {p} }}()'])

        def statements(ps, ls, depth, f, loop):
            out = []
            for _ in range(r.randint(2, 5)):
                x, p = r.random(), pointer(ps, ls)
                l = r.choice(ls) if ls else None
                if calm and (0.20 <= x < 0.34 or 0.40 <= x < 0.46):
                    out.append(r.choice([f'{r.choice(ps[:2])} = {p}', f'n += {q}val(({p}).bump(1))' if p != 'nil' else 'n++', f'n += {q}part({l}.a[:])' if l else 'n++',
                                         f'func() {{ {l}.v++; n += {l}.v }}()' if l else 'n--', f'{{ a, k := {q}two({p}, n); {r.choice(ps[:2])} = a; n = k }}',
                                         f'{l}.next = {p}' if l and r.random() < 0.3 else 'n += 2', f'if {r.choice(ps)} == ({p}) {{ n++ }}']))
                elif x < 0.08:
                    out.append(f'{r.choice(ps[:2])} = {p}')
                elif x < 0.20 and f is not None:
                    out.append(f'if fuel > 0 {{ {r.choice(["_", r.choice(ps[:2])])} = {q}{r.randrange(count)}(fuel-1, {p}, {pointer(ps, ls)}) }}')
                elif x < 0.26:
                    out.append(r.choice([f'{q}g = {p}', f'{q}l = append({q}l, {p})', f'{q}m["k"] = {p}', f'select {{ case {q}c <- {p}: default: }}', f'{q}i = {p}']))
                elif x < 0.30:
                    out.append(f'({p}).link({pointer(ps, ls)})')
                elif x < 0.34:
                    v = fresh()
                    out.append(f'{v} := {p}; {q}f = append({q}f, func() int {{ return {q}val({v}) }})')
                elif x < 0.40:
                    out.append(f'n += {q}val({p})')
                elif l and x < 0.46:
                    out.append(r.choice([f'{l}.next = {p}', f'{l}.s = {l}.a[:]', f'{q}s = {l}.a[1:]', f'n += {q}part({l}.a[:])', f'{q}p = append({q}p, &{l}.v)', f'n += {l}.sum()',
                                         f'{l}.keep()', f'func() {{ {l}.v++; n += {l}.v }}()', f'{q}f = append({q}f, func() int {{ {l}.v++; return {l}.v }})', f'{q}f = append({q}f, {l}.sum)',
                                         f'{{ b := {l}.bump; b(2) }}', f'{l}.e = {p}', f'{l}.f = func() int {{ return {l}.v }}', f'if {l}.f != nil {{ n += {l}.f() }}',
                                         f'defer func() {{ n += {l}.v; if r := recover(); r != nil {{ n++ }} }}()', f'{{ a, k := {q}two(&{l}, n); {r.choice(ps[:2])} = a; n = k }}',
                                         f'{{ e := any(&{l}); if x, ok := e.(*{n}); ok {{ x.v++; {r.choice([r.choice(ps[:2]), q + "g", "_"])} = x }} }}', f'{l} = {n}{{v: n & 15}}',
                                         f'switch x := any(&{l}).(type) {{ case *{n}: x.v += 2; case nil: n++ }}']))
                elif x < 0.62 and depth < 3:
                    v = fresh()
                    kind = r.random()
                    again = loop
                    if kind < 0.3:
                        head = f'for i := 0; i < {r.randint(1, 3)}; i++ {{ {v} := {n}{{v: i}}'
                        again = True
                    elif kind < 0.5:
                        head = f'for _, {v} := range []{n}{{{{v: 1}}, {{v: n & 7}}}} {{'
                        again = True
                    elif kind < 0.6:
                        head = f'if {v} := ({n}{{v: 3}}); {v}.v > n & 3 {{'
                    elif kind < 0.7:
                        head = f'switch {v} := ({n}{{v: 4}}); {{ default:'
                    elif kind < 0.8:
                        head = f'func() {{ {v} := {n}{{v: 5}}'
                        again = False
                    elif kind < 0.9:
                        head = f'for {v} := ({n}{{v: 6}}); {v}.v < 9; {v}.v++ {{'
                        again = True
                        if r.random() < 0.5:
                            head += f' {v} := {v}'
                    else:
                        head = f'{{ {v} := {q}W{{k: 2}}.{n}'
                    body = statements(ps + ([r.choice([f'{v}.next'])] if r.random() < 0.3 else []), ls + [v], depth + 1, f, again)
                    end = '}()' if head.startswith('func') else '}'
                    out += [head, f'_ = {v}.v', 'fuel--; if fuel < -40 { ' + ('break' if again and not head.startswith('switch') else 'n++') + ' }', *('\t' + b for b in body), end]
                elif x < 0.67:  # into a variable of an outer block
                    t, v, u = fresh(), fresh(), fresh()
                    a = r.choice([f'{t} = &{v}', f'{t} = {q}id(&{v})', f'func() {{ {t} = &{v} }}()', f'{t}, n = {q}two(&{v}, n)', f'{u} := &{v}; {t} = {u}', f'{t} = {q}many(nil, &{v})',
                                  f'{t} = {v}.bump(1)', f'var {u} {n}; {u}.next = &{v}; {t} = {u}.next', f'{u} := []*{n}{{nil, &{v}}}; {t} = {u}[1]', f'{t} = map[int]*{n}{{0: &{v}}}[0]',
                                  f'for _, {u} := range [...]*{n}{{nil, &{v}}} {{ {t} = {u} }}', f'{u} := any(&{v}); {t}, _ = {u}.(*{n})', f'if n & 1 == 0 {{ {t} = &{v} }}'])
                    out.append(f'{{ var {t} *{n}; ' + r.choice([f'for i := 0; i < 3; i++ {{ n += {q}churn(1) + {q}val({t}); ', '{ ']) + f'{v} := {n}{{v: n & 7}}; {a}; n += {q}val({t}) }}; n = (n + {q}churn(2) + {q}val({t})) & 63 }}')
                elif x < 0.72 and loop:
                    out.append(f'if n & {r.choice([1, 2, 3])} == {r.choice([0, 1])} {{ {r.choice(["break", "continue"])} }}')
                elif x < 0.75 and f is not None and depth == 0:
                    out.append(f'if n & {r.choice([3, 7])} == 1 {{ return {p} }}')
                elif x < 0.78:
                    out.append(f'n += {q}churn({r.randint(0, 3)})')
                elif x < 0.81:
                    v = fresh()
                    out.append(f'var {v} {n}; {v}.v = {self.small()}')
                    ls = ls + [v]
                elif x < 0.83:
                    v = fresh()
                    out.append(f'{v} := {p}; n += {q}val({v})')
                    ps = ps + [v]
                elif x < 0.86:
                    out.append(f"if n & 31 == 30 {{ panic(fmt.Sprint({q}val({p}))) }}")
                else:
                    out.append(f'n = (n*3 + {q}val({p})) & 63')
            return out
        for i in range(count):
            out = statements(['p', 'o'], [], 0, i, False)
            self.decls += [f'func {q}{i}(fuel int, p, o *{n}) (res *{n}) {{', '\tn := fuel', '\t_ = n', *('\t' + s for s in out), f'\treturn {r.choice(["p", "o", "nil", "p.bump(1)"])}', '}']
        out = [f'var p, o *{n}', 'n, fuel := 3, 6', '_, _, _, _ = p, o, n, fuel']
        v = fresh()
        out += [f'{v} := {n}{{v: 7}}', *statements(['p', 'o'], [v], 0, None, False)]
        for _ in range(3):
            out.append(f'{r.choice(["p", "o", q + "g"])} = {q}{r.randrange(count)}(6, &{v}, {r.choice(["p", "o", "nil", "&" + v])})')
        out += [f'fmt.Println({q}churn(12), n, {q}show(&{v}, 3), {q}show(p, 3), {q}show(o, 3), {q}show({q}g, 4), {q}show({q}m["k"], 3), {q}s)',
                f'for _, p := range {q}l {{ fmt.Print({q}show(p, 3), ";") }}', f'for _, f := range {q}f {{ fmt.Print(f(), " ") }}', f'for _, p := range {q}p {{ fmt.Print(*p, " ") }}',
                f'close({q}c); for p := range {q}c {{ fmt.Print({q}show(p, 2), ";") }}', f'if x, ok := {q}i.(*{n}); ok {{ fmt.Print({q}show(x, 3)) }}', 'fmt.Println()']
        self.function(out)

    ALL = ['addresses', 'bigs', 'order', 'range_func', 'labels', 'methods', 'keys', 'shifts', 'complexes', 'strings', 'panics', 'closures', 'generics', 'values', 'loops']

    def make(self, count):
        for _ in range(count):
            getattr(self, self.r.choice(self.ALL))()
        return '\n'.join(self.decls), '\n'.join(self.calls)
