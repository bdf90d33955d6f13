"""Makes a complete Go program from a .gol script, so that real Go can run it.

Functions, types, constants and imports move to the package, everything else goes into main in its order; packages that the
script uses without importing are imported; //line comments keep every line where it was. Top-level variables stay in main
unless a function of the script uses them (`shared`): those become package variables, which real Go initialises first.
"""
import re

TOKEN = re.compile(r'''
    (?P<space>[ \t\r]+) | (?P<line>//[^\n]*) | (?P<block>/\*.*?\*/) | (?P<newline>\n)
  | (?P<string>"(?:\\.|[^"\\\n])*" | `[^`]*` | '(?:\\.|[^'\\\n])+')
  | (?P<word>[^\W\d]\w*) | (?P<number>\d[\w.]*) | (?P<op>:=|\+\+|--|<-|\.\.\.|.)''', re.X | re.S)
PACKAGES = {p.split('/')[-1]: p for p in
            'fmt errors strings strconv sync sync/atomic time os math runtime sort bytes context slices maps unicode '
            'unicode/utf8 math/rand math/bits cmp iter io bufio net/http net/url'.split()}
ENDS = re.compile(r'^(break|continue|fallthrough|return)$|^[\w"`\')\]}]|^(\+\+|--)$')
NO_END = {'if', 'for', 'func', 'go', 'defer', 'switch', 'select', 'case', 'default', 'else', 'package', 'import', 'const', 'var',
          'type', 'struct', 'interface', 'map', 'chan', 'range', 'goto'}


class Token:
    def __init__(self, kind, text, at):
        self.kind, self.text, self.at = kind, text, at


def tokens_of(source):
    out, at = [], 0
    if source.startswith('#!'):
        at = source.find('\n')
        at = len(source) if at < 0 else at
    while at < len(source):
        m = TOKEN.match(source, at)
        out.append(Token(m.lastgroup, m[0], at))
        at = m.end()
    return out


def statements(source):
    """The top-level statements: (start, end, tokens without blanks and comments)."""
    depth, start, words = 0, None, []
    last = None
    for t in tokens_of(source) + [Token('newline', '\n', len(source))]:
        if t.kind in ('space', 'line'):
            continue
        ends = last is not None and (ENDS.match(last.text) and last.text not in NO_END)
        if t.kind == 'newline' or (t.kind == 'block' and '\n' in t.text) or (t.kind == 'op' and t.text == ';'):
            header = any(w.text in ('for', 'if', 'switch') for w in words)  # its semicolons do not end the statement
            if depth == 0 and words and (ends if t.text != ';' else not header):
                yield start, last.at + len(last.text), words
                start, words, last = None, [], None
            elif t.kind != 'op':
                continue
        if t.kind in ('newline', 'block') or (t.text == ';' and not words):
            continue
        if t.kind == 'op':
            depth += (t.text in '([{') - (t.text in ')]}')
        if start is None:
            start = t.at
        words.append(t)
        last = t
    if words:
        yield start, last.at + len(last.text), words


def is_function(words):
    """A declaration, not a function literal at the start of a statement."""
    if words[0].text != 'func' or len(words) < 3:
        return False
    if words[1].kind == 'word':
        return True
    depth = 0
    for i, w in enumerate(words[1:], 1):
        depth += (w.text == '(') - (w.text == ')')
        if depth == 0:
            return words[i + 1].kind == 'word' and words[i + 2].text == '('
    return False


def declared(words, source):
    """The variables that a top-level statement declares."""
    texts = [w.text for w in words]
    names, i = [], 0
    if texts[0] == 'var' and texts[1] == '(':  # a group: a list of names at the start of each of its lines
        for before, w in zip(words[1:], words[2:]):
            if before.text == '(' or '\n' in source[before.at:w.at] or before.text == ';':
                names += names_at(words, texts, words.index(w))
        return names
    if texts[0] == 'var':
        return names_at(words, texts, 1)
    names = names_at(words, texts, 0)
    after = 2 * len(names) - 1
    return names if names and texts[after:after + 1] == [':='] else []


def names_at(words, texts, i):
    """The comma-separated names from words[i] on."""
    names = []
    while i < len(words) and words[i].kind == 'word' and texts[i] not in NO_END:
        names.append(texts[i])
        if texts[i + 1:i + 2] != [',']:
            break
        i += 2
    return names


def wrap(source, base, shared=False):
    """The Go program; None if the source already has a package clause."""
    parts = list(statements(source))
    if parts and parts[0][2][0].text == 'package':
        return None
    line_of = lambda at: source.count('\n', 0, at) + 1
    mark = lambda at: f'//line {base}:{line_of(at)}:{at - source.rfind(chr(10), 0, at)}\n'
    imports, package, body, names = '', '', '', []
    in_functions = {w.text for _, _, words in parts if is_function(words) for w in words if w.kind == 'word'}
    for start, end, words in parts:
        text, first = source[start:end], words[0].text
        if first == 'import':
            imports += mark(start) + text + '\n'
        elif is_function(words) or first in ('type', 'const'):
            package += mark(start) + text + '\n'
        else:
            mine = [n for n in declared(words, source) if n != '_']
            if shared and any(n in in_functions for n in mine):
                if first != 'var':
                    text = 'var ' + text.replace(':=', '=', 1)
                package += mark(start) + text + '\n'
                continue
            names += mine
            body += mark(start) + text + '\n'
            if mine:
                body += ' '.join(f'_ = {n};' for n in mine) + '\n'
    code = {w.text for _, _, words in parts if words[0].text != 'import' for w in words if w.kind == 'word'}
    given = {p for _, _, words in parts if words[0].text == 'import' for w in words if w.kind == 'string'
             for p in [w.text.strip('"`')]}
    called = set()
    for _, _, words in parts:
        for a, b in zip(words, words[1:]):
            if a.kind == 'word' and b.text == '.':
                called.add(a.text)
    own = {n for _, _, words in parts for n in declared(words, source)}
    for name, path in PACKAGES.items():
        if name in called and path not in given and name not in own:
            imports = f'import "{path}"\n' + imports
    return f'package main\n{imports}{package}func main() {{\n{body}}}\n'
