// The text of a race report.
#include <criterion/criterion.h>

#include "watch/report.h"

static Instr code[8];
static LineEntry lines[] = {{0, 10, 1, 0}, {4, 12, 1, 0}};
static Function function = {.code = code, .code_len = 8, .name = "main.main.func1", .lines = lines, .line_count = 2};
static Function *functions[] = {&function};
static const char *files[] = {"/x/race.gol"};
static Program program = {.functions = functions, .function_count = 1, .files = files, .file_count = 1};

static void expect(const Race *race, const char *text) {
  StrBuf out = {0};
  report_print(&out, &program, race);
  cr_assert_str_eq(strbuf_string(&out), text);
  strbuf_free(&out);
}

Test(report, two_goroutines) {
  function.program = &program;
  const Instr *first[] = {code + 1}, *second[] = {code + 5, code + 1};
  Race race = {
    .now = {.address = (void *)0xc0de10, .size = 8, .goroutine = 7, .stack = {second, 2}, .created = {first, 1}},
    .before = {.write = true, .address = (void *)0xc0de10, .size = 8, .goroutine = 1, .stack = {first, 1}},
  };
  expect(&race, "==================\nWARNING: DATA RACE\n"
                "Read at 0x000000c0de10 by goroutine 7:\n"
                "  main.main.func1()\n      /x/race.gol:12 +0x28\n"
                "  main.main.func1()\n      /x/race.gol:10 +0x8\n\n"
                "Previous write at 0x000000c0de10 by main goroutine:\n"
                "  main.main.func1()\n      /x/race.gol:10 +0x8\n\n"
                "Goroutine 7 (running) created at:\n"
                "  main.main.func1()\n      /x/race.gol:10 +0x8\n"
                "==================\n");
}
