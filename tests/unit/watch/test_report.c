// The text of a race report.
#include <criterion/criterion.h>

#include <string.h>

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

static AccessEntry accesses[] = {
  {0, 4, ACCESS_VARIABLE, "counter", 10, 3, "\t\tcounter++"},
  {4, 8, ACCESS_VARIABLE, "counter", 12, 14, "\tfmt.Println(counter)"},
};
static Function explained = {.code = code, .code_len = 8, .name = "main.main", .lines = lines, .line_count = 2, .accesses = accesses, .access_count = 2};
static Function *explained_functions[] = {&explained};
static Program explained_program = {.functions = explained_functions, .function_count = 1, .files = files, .file_count = 1};

static const Instr *at_print[] = {code + 5}, *at_count[] = {code + 1};
static const RaceLock mutex = {.address = (void *)0xbeef0, .at = code + 1};
static const Race counting = {
  .now = {.address = (void *)0xc0de10, .size = 8, .goroutine = 1, .stack = {at_print, 1}},
  .before = {.write = true, .address = (void *)0xc0de10, .size = 8, .goroutine = 7, .stack = {at_count, 1}, .created = {at_print, 1}},
};

static void expect_contains(const char *text, const char *part) { cr_assert(strstr(text, part), "%s\nis not in\n%s", part, text); }

Test(report, explains) {
  explained.program = &explained_program;
  StrBuf out = {0};
  report_print(&out, &explained_program, &counting);
  expect_contains(strbuf_string(&out), "\nThis is about counter:\n"
                                       "  main reads, /x/race.gol:12:\n      fmt.Println(counter)\n                  ^\n"
                                       "  goroutine 7 writes, /x/race.gol:10:\n      counter++\n      ^\n"
                                       "  nothing orders line 12 after line 10: no channel, lock or WaitGroup between them\n"
                                       "  hint: counter is read, changed and written back");
  strbuf_free(&out);
}

Test(report, locks) {
  explained.program = &explained_program;
  Race race = counting;
  race.before.locks = &mutex;
  race.before.lock_count = 1;
  StrBuf out = {0};
  report_print(&out, &explained_program, &race);
  expect_contains(strbuf_string(&out), "nothing orders line 12 after line 10: main held no lock, goroutine 7 had held the mutex at 0xbeef0\n"
                                       "  hint: take the same lock on line 12 too\n");
  race.now.locks = &(RaceLock){.address = (void *)0xfeed0, .at = code + 1};
  race.now.lock_count = 1;
  strbuf_clear(&out);
  report_print(&out, &explained_program, &race);
  expect_contains(strbuf_string(&out), "hint: two different locks order nothing");
  strbuf_free(&out);
}

Test(report, json) {
  explained.program = &explained_program;
  StrBuf out = {0};
  report_print_json(&out, &explained_program, &counting);
  const char *text = strbuf_string(&out);
  expect_contains(text, "{\"kind\":\"data race\",\"now\":{\"access\":\"read\",\"atomic\":false,\"address\":\"0xc0de10\",\"size\":8,\"goroutine\":1,");
  expect_contains(text, "\"name\":\"counter\",\"file\":\"/x/race.gol\",\"line\":10,\"column\":3,\"text\":\"\\u0009\\u0009counter++\"");
  expect_contains(text, "\"created\":[{\"function\":\"main.main\",\"file\":\"/x/race.gol\",\"line\":12}]");
  strbuf_free(&out);
}

Test(report, options) {
  ReportOptions o = report_defaults;
  cr_assert_null(report_read_options(&o, "halt_on_error=1 exitcode=7:history_size=3 log_path=/tmp/x"));
  cr_assert(o.halt_on_error);
  cr_assert_eq(o.exit_code, 7);
  cr_assert_str_eq(o.log_path, "/tmp/x");
  cr_assert_null(report_read_options(&o, ""));
  cr_assert_str_eq(report_read_options(&o, "exitcode=300"), "exitcode=300");
  cr_assert_str_eq(report_read_options(&o, "exitcode=3 colour"), "colour");
}
