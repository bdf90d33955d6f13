#!/usr/bin/env python3
"""Writes the table of decimal.c: 128-bit approximations of the powers of ten, rounded up, as needed by Schubfach."""
import sys

LOW, HIGH = -292, 324


def power(k):
    """The smallest g with g * 2^e >= 10^k, 2^127 <= g < 2^128, and e an integer."""
    e = (k * 1741647 >> 19) - 127
    above, below = (10 ** k, 1) if k >= 0 else (1, 10 ** -k)
    if e >= 0:
        below <<= e
    else:
        above <<= -e
    g = -(-above // below)
    assert g >> 127 == 1
    return g


with open(sys.argv[1], 'w') as out:
    out.write(f'// Made by powers.py.\nenum {{ POWER_LOW = {LOW}, POWER_HIGH = {HIGH} }};\n'
              'static const uint64_t powers[][2] = {\n')
    for k in range(LOW, HIGH + 1):
        g = power(k)
        out.write(f'  {{0x{g >> 64:016x}, 0x{g & (1 << 64) - 1:016x}}}, // 1e{k}\n')
    out.write('};\n')
