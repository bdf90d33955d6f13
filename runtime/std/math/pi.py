#!/usr/bin/env python3
"""Writes the binary digits of 4/pi, as elementary.c needs them to reduce large angles."""
import sys

BITS = 20 * 64


def arctan_inverse(n, one):
    """arctan(1/n) * one."""
    power, total, k, sign = one // n, 0, 1, 1
    while power:
        total += sign * (power // k)
        power //= n * n
        k, sign = k + 2, -sign
    return total


one = 1 << BITS + 64
pi = 4 * (4 * arctan_inverse(5, one) - arctan_inverse(239, one))  # Machin
digits = (4 * one << BITS) // pi  # 4/pi * 2^BITS
with open(sys.argv[1], 'w') as out:
    out.write('// Made by pi.py.\n#include <stdint.h>\n\n// 4/pi: the whole part, then 64 bits an element.\nstatic const uint64_t four_over_pi[] = {\n')
    for i in range(20):
        out.write(f'  0x{digits >> BITS - 64 * i & (1 << 64) - 1:016x},\n')
    out.write('};\n')
