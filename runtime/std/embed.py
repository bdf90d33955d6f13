#!/usr/bin/env python3
"""Makes the standard library's tables: embed.py OUT.c DEPFILE FOLDER.

The .gol files of FOLDER/PATH are the package PATH; any C file
that defines `natives_PATH` (slashes as underscores) brings its natives. Of race.gol and norace.gol one is part of it: the first in a
program that is watched for data races.

Comments that begin their line are taken out, so that no program has to read them: an empty line is left of each. Those right above
something are in a table for :doc, by the line of what they are above.
"""
import os, re, sys

out, depfile, folder = sys.argv[1:]
packages, seen, found = {}, [], set()
for at, dirs, files in os.walk(folder):
    dirs.sort()
    path = os.path.relpath(at, folder)
    seen.append(at)  # a new file in it counts too
    for name in sorted(files):
        if name.endswith('.c'):
            with open(os.path.join(at, name), encoding='utf-8') as f:
                found |= set(re.findall(r'^const NativeRow (natives_\w+)\[\]', f.read(), re.M))
            seen.append(os.path.join(at, name))
    for name in sorted(files):
        if name.endswith('.gol'):
            with open(os.path.join(at, name), 'rb') as f:
                source = f.read()
            seen.append(os.path.join(at, name))
            package = re.search(rb'^package (\w+)', source, re.M)[1].decode()
            packages.setdefault(path, (package, []))[1].append((f'{path}/{name}', source))
packages = sorted(packages.items(), key=lambda row: row[0].encode())


def lines(source):
    for line in source.splitlines(keepends=True):
        text = ''.join(f'\\{b:03o}' if b < 32 or b > 126 or b in b'?' else '\\' + chr(b) if b in b'"\\' else chr(b)
                       for b in line if b != 10)
        yield f'  "{text}\\n"\n'


def without_comments(source):
    """The source without them, and (line, comment) for the table."""
    raw = {source.count(b'\n', 0, m.start()) + k                    # lines that begin inside a raw string
           for m in re.finditer(rb'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|/\*.*?\*/|(`[^`]*`)', source, re.S) if m[1]
           for k in range(1, m[0].count(b'\n') + 1)}
    kept, docs, above = [], [], []
    for i, line in enumerate(source.splitlines(keepends=True)):
        if line.startswith(b'//') and i not in raw:
            above.append(line)
            line = b'\n'
        else:
            if above and line.strip(): docs.append((i + 1, b''.join(above)))
            above = []
        kept.append(line)
    return b''.join(kept), docs


def imports(files):
    """The paths that the files of a package import, in their order."""
    found = {}
    for _, source in files:
        for line in re.finditer(rb'^import (?:\(\n(.*?)^\)|[^(\n]*)', source, re.M | re.S):
            found.update(dict.fromkeys(m.decode() for m in re.findall(rb'"([^"\n]+)"', line[0])))
    return found


with open(out, 'w') as c:
    c.write('// Made by embed.py.\n#include "std/std.h"\n\n')
    for name in sorted(found):
        c.write(f'extern const NativeRow {name}[];\n')
    for i, (path, (package, files)) in enumerate(packages):
        for k, (name, source) in enumerate(files):
            source, docs = without_comments(source)
            c.write(f'static const char text_{i}_{k}[] = // {name}\n')
            c.writelines(lines(source))
            c.write(f'  ;\nstatic const StdComment comments_{i}_{k}[] = {{\n')
            for line, comment in docs:
                c.write(f'  {{{line},\n')
                c.writelines(lines(comment))
                c.write('  },\n')
            c.write('  {0},\n};\n')
        c.write(f'static const char *const imports_{i}[] = {{{"".join(chr(34) + p + chr(34) + ", " for p in imports(files))}NULL}};\n')
        c.write(f'static const StdFile files_{i}[] = {{\n')
        for k, (name, source) in enumerate(files):
            when = {'race.gol': 'STD_RACE', 'norace.gol': 'STD_NO_RACE'}.get(os.path.basename(name), 'STD_ALWAYS')
            c.write(f'  {{"{name}", text_{i}_{k}, sizeof text_{i}_{k} - 1, comments_{i}_{k}, {when}}},\n')
        c.write('};\n')
    c.write('\nconst StdPackage std_packages[] = {\n')
    for i, (path, (package, files)) in enumerate(packages):
        own = 'natives_' + path.replace('/', '_')
        c.write(f'  {{"{path}", "{package}", files_{i}, {len(files)}, imports_{i}, {own if own in found else "NULL"}}},\n')
    c.write('};\nconst size_t std_package_count = sizeof std_packages / sizeof *std_packages;\n')
with open(depfile, 'w') as d:
    d.write(f'{out}: ' + ' '.join(seen) + '\n')
