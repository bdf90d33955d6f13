#!/usr/bin/env python3
"""Writes the tables of math/rand.

cooked: Go's generator is x[n] = x[n-607] + x[n-273] (mod 2^64), and a seed is mixed with its state after 7.8e12 steps from seed 1. The
state that far ahead is t^7.8e12 modulo the characteristic polynomial t^607 - t^334 - 1, applied to the first state.

The rest: ziggurats (Marsaglia and Tsang) of the normal and the exponential distribution.
"""
import math, struct, sys

LENGTH, TAP, STEPS = 607, 273, 7800000000000
MASK = (1 << 64) - 1
SLOT = 144  # bits a coefficient: 64 + 64 + room for 607 sums


def seedrand(x):
    x = 48271 * (x % 44488) - 3399 * (x // 44488)
    return x + (1 << 31) - 1 if x < 0 else x


def first_state():
    x, state = 1, []
    for i in range(-20, LENGTH):
        x = seedrand(x)
        if i >= 0:
            u = x << 20
            x = seedrand(x)
            u ^= x << 10
            x = seedrand(x)
            state.append(u ^ x)
    return state


def reduce(p):
    for i in range(len(p) - 1, LENGTH - 1, -1):
        c, p[i] = p[i], 0
        p[i - LENGTH] = (p[i - LENGTH] + c) & MASK
        p[i - TAP] = (p[i - TAP] + c) & MASK
    return (p + [0] * LENGTH)[:LENGTH]


def square(p):
    packed = int.from_bytes(b''.join(c.to_bytes(SLOT // 8, 'little') for c in p), 'little')
    raw = (packed * packed).to_bytes(2 * LENGTH * SLOT // 8, 'little')
    step = SLOT // 8
    return reduce([int.from_bytes(raw[i * step:i * step + 8], 'little') for i in range(2 * LENGTH)])


def power(n):
    p = [1] + [0] * (LENGTH - 1)
    for bit in bin(n)[2:]:
        p = square(p)
        if bit == '1':
            p = reduce([0] + p)
    return p


def cooked():
    start = first_state()
    place = lambda n: (LENGTH - TAP - 1 - n) % LENGTH  # where step n writes
    history = [start[place(n)] for n in range(-LENGTH, 0)]
    p = power(STEPS)  # the value LENGTH + STEPS steps after the oldest of history is p applied to history
    state = [0] * LENGTH
    for i in range(LENGTH):
        state[place(STEPS - LENGTH + i)] = sum(c * h for c, h in zip(p, history)) & MASK
        p = reduce([0] + p)
    return state


def single(x):
    return struct.unpack('<f', struct.pack('<f', x))[0]


def ziggurat(size, scale, last, area, density, inverse):
    """Tables k, w, f of a density falling from 1, cut at `last` with layers of `area`."""
    k, w, f = [0] * size, [0.0] * size, [0.0] * size
    d = t = last
    q = area / density(d)
    k[0], k[1] = int(d / q * scale), 0
    w[0], w[size - 1] = q / scale, d / scale
    f[0], f[size - 1] = 1.0, density(d)
    for i in range(size - 2, 0, -1):
        d = inverse(area / d + density(d))
        k[i + 1] = int(d / t * scale)
        t = d
        f[i], w[i] = density(d), d / scale
    return k, w, f


with open(sys.argv[1], 'w') as out:
    def table(kind, name, values):
        out.write(f'static const {kind} {name}[{len(values)}] = {{\n')
        for v in values:
            out.write(f'  {v},\n')
        out.write('};\n')

    out.write('// Made by tables.py.\n#include <stdint.h>\n\n')
    table('uint64_t', 'cooked', [f'0x{v:016x}' for v in cooked()])
    for name, rows in (('normal', ziggurat(128, 1 << 31, 3.442619855899, 9.91256303526217e-3, lambda x: math.exp(-.5 * x * x),
                                           lambda y: math.sqrt(-2 * math.log(y)))),
                       ('exponential', ziggurat(256, 1 << 32, 7.69711747013104972, 3.949659822581572e-3, lambda x: math.exp(-x),
                                                lambda y: -math.log(y)))):
        table('uint32_t', name + '_k', [f'0x{v:08x}' for v in rows[0]])
        table('float', name + '_w', [f'{single(v)!r}f' if '.' in repr(single(v)) or 'e' in repr(single(v)) else f'{single(v)!r}.f' for v in rows[1]])
        table('float', name + '_f', [f'{single(v)!r}f' for v in rows[2]])
