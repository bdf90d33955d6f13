"""stencils.py NAME KIND OBJECT OUTPUT: the code of stencils.inc and its relocations, as the tables of a StencilSet (stencil.h).

Of each body: its code without the jump to the next one at the end, what the compiler thinks of as cold, and the places to be filled in.
A body that machine.c could not copy (a call where a jump was wanted, data of its own) ends the build.
"""
import collections, re, struct, sys

TYPES = {1: 'FILL_64', 2: 'FILL_PC32', 4: 'FILL_PC32', 10: 'FILL_32', 11: 'FILL_32S'}  # x86-64 ABI, "Relocation Types"
JUMPS = ('hole_next', 'hole_jump')

Section = collections.namedtuple('Section', 'name type data link info')


def read_object(path):
    """{section: (code, [(offset, type, symbol, addend)])}; a section's own symbol has its name."""
    raw = open(path, 'rb').read()
    assert raw[:6] == b'\x7fELF\x02\x01', f'{path}: no 64-bit ELF'
    at, size, count, names = struct.unpack_from('<Q', raw, 40)[0], *struct.unpack_from('<HHH', raw, 58)
    heads = [struct.unpack_from('<IIQQQQIIQQ', raw, at + i * size) for i in range(count)]
    string = lambda table, offset: table[offset:table.index(b'\0', offset)].decode()
    body = lambda h: raw[h[4]:h[4] + h[5]] if h[1] != 8 else b''
    sections = [Section(string(body(heads[names]), h[0]), h[1], body(h), h[6], h[7]) for h in heads]
    found = {}
    for s in sections:
        if s.name.startswith('.text.'):
            found.setdefault(s.name, (s.data, []))
    for s in sections:
        if s.type != 4 or sections[s.info].name not in found:
            continue
        symbols, strings = sections[s.link], sections[sections[s.link].link].data
        for offset, info, addend in struct.iter_unpack('<QQq', s.data):
            name, kind, _, section, value, _ = struct.unpack_from('<IBBHQQ', symbols.data, (info >> 32) * 24)
            symbol = string(strings, name)
            if section and section < len(sections):  # defined here
                symbol, addend = sections[section].name, addend + value
            found[sections[s.info].name][1].append((offset, info & 0xffffffff, symbol, addend))
    return found


def main(name_of_set, kind_of_set, path, output):
    found = read_object(path)
    code, fills, stencils, externals, complaints = bytearray(), [], [], [], []
    for name in sorted(found):
        m = re.match(r'\.text\.stencil_(\w+)$', name)
        if not m:
            continue
        op, cold_name = m[1], '.text.unlikely.stencil_' + m[1]
        hot, hot_fills = found[name]
        cold, cold_fills = found.get(cold_name, (b'', []))
        last = max(hot_fills, default=None)
        if last and last[0] == len(hot) - 4 and last[2] == 'hole_next' and hot[-5] == 0xe9:
            hot, hot_fills = hot[:-5], [f for f in hot_fills if f != last]
        first = len(fills)
        for text, base, some in ((hot, 0, hot_fills), (cold, len(hot), cold_fills)):
            for offset, kind, symbol, addend in sorted(some):
                if symbol in JUMPS and not (text[offset - 1] == 0xe9 or text[offset - 2] == 0x0f and text[offset - 1] & 0xf0 == 0x80):
                    complaints.append(f'{op}: {symbol} is not jumped to')
                if kind not in TYPES:
                    complaints.append(f'{op}: relocation {kind} of {symbol}')
                    continue
                if symbol == cold_name:
                    hole = 'HOLE_COLD'
                elif symbol == name:
                    hole = 'HOLE_HOT'
                elif symbol.startswith('hole_'):
                    hole = symbol.upper()
                elif symbol.startswith('.'):
                    complaints.append(f'{op}: data in {symbol}')
                    continue
                else:
                    if symbol not in externals:
                        externals.append(symbol)
                    hole = f'HOLE_EXTERNAL + {externals.index(symbol)}'
                fills.append(f'{{{base + offset}, {TYPES[kind]}, {hole}, {addend}}}')
        stencils.append((op, len(code), len(hot), len(cold), first, len(fills) - first))
        code += hot + cold
    if complaints:
        sys.exit('\n'.join(complaints))
    with open(output, 'w') as f:
        f.write('// Made by stencils.py out of stencils.inc.\n#include "vm/stencil.h"\n\n')
        f.write('static const unsigned char code[] = {')
        for i, byte in enumerate(code):
            f.write(('\n' if i % 32 == 0 else '') + f'{byte},')
        f.write('\n};\nstatic const Fill fills[] = {\n' + ',\n'.join(fills) + '\n};\n')
        f.write('static const Stencil stencils[STENCIL_COUNT] = {\n')
        for op, at, hot, cold, first, count in stencils:
            index = 'STENCIL_INTERPRET' if op == 'interpret' else 'OP_' + op
            f.write(f'[{index}] = {{{at}, {hot}, {cold}, {first}, {count}}},\n')
        f.write('};\n')
        f.write(''.join(f'extern char {x}_[] __asm__("{x}");\n' for x in externals))
        f.write('static char *const externals[] = {' + ', '.join(x + '_' for x in externals) + '};\n')
        f.write(f'const StencilSet {name_of_set} = {{code, fills, stencils, externals, {kind_of_set}}};\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
