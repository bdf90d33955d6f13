// Scan, Scanln and Scanf over input that may not be complete yet.
#ifndef STD_FMT_SCAN_H
#define STD_FMT_SCAN_H

#include "std/fmt/printer.h"

typedef struct {
  int64_t n, used; // operands stored, bytes of input consumed
  String problem;  // empty: none; "EOF" and "unexpected EOF" are those errors of package io
  bool more;       // input ended too early: scan again with more of it
} ScanResult;

// complete: nothing follows `input`.
ScanResult scan_run(HeapCache *heap, PrintMode mode, String format, Slice args, String input, bool complete);

#endif
