#!/usr/bin/env python3
"""Tests of the command line: commands and flags, exit statuses, what goes to which output, the form of messages."""
import json, os, signal, stat, subprocess, sys, time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import cases
from ahead import LONG_RESULT, LongFiles, ManyPackages, long_program
from case import Case

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GOL = os.path.join(ROOT, 'build', 'gol')


HELLO = 'fmt.Println("hello", os.Args[1:])\n'
PROGRAM = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("program") }\n'


class Limits(Case):
    """What the system refuses: memory, threads. GROWERS are programs that use up their memory, each by other means."""
    GROWERS = {
        'goroutines': 'c := make(chan int)\nfor { go func() { <-c }() }',
        'select': 'a, b := make(chan int), make(chan int)\nfor { go func() { select { case <-a: case <-b: } }() }',
        'sleepers': 'for { go time.Sleep(time.Hour) }',
        'timers': 'for { time.AfterFunc(time.Hour, func() {}) }',
        'mutexes': 'for { m := new(sync.Mutex); m.Lock(); go m.Lock() }',
        'small objects': 'type node struct { next *node; a int }\nvar l *node\nfor { l = &node{l, 1} }',
        'slices': 'var all [][]int\nfor { all = append(all, make([]int, 1000)) }',
        'append': 'var all []string\nfor { all = append(all, "x") }',
        'maps': 'm := map[int]string{}\nfor i := 0; ; i++ { m[i] = "x" }',
        'strings': 's := "x"\nfor { s += s }',
        'builder': 'var b strings.Builder\nfor { b.WriteString("hello") }',
        'channels': 'var all []chan int\nfor { all = append(all, make(chan int, 100)) }',
        'closures': 'var all []func() int\nfor i := 0; ; i++ { all = append(all, func() int { i++; return i }) }',
        'deferred calls': 'for { defer fmt.Println() }',
        'stack': 'var f func(n int) int\nf = func(n int) int { return f(n+1) + 1 }\nf(0)',
        'many at once': 'for range 8 { go func() { var l [][]int\nfor { l = append(l, make([]int, 10)) } }() }\nselect {}',
        'files': 'for { go os.ReadFile("/dev/zero"); runtime.Gosched() }',
    }

    def setUp(self):
        super().setUp()
        self.limited('ulimit -v 100000', '')
        if self.status:
            self.skipTest('an instrumented binary needs more address space than a limit leaves')

    def test_race(self):
        self.limited('ulimit -v 1000000; exec "$0" run -race -', 'fmt.Println(1)')
        self.expect(2, '', '-race: the system does not give the address space for that')

    def test_race_runs_out_of_memory(self):
        shadow = 3 << 38 | 1 << 27
        for room in 400, 700:  # MB beyond that: it ends in one part of the detector or the other
            self.limited(f'ulimit -v {(shadow >> 10) + (room << 10)}; exec "$0" run -race -',
                         'go func() {}()\nmany := make([]int64, 1<<24)\nfor i := range many {\n\tatomic.AddInt64(&many[i], 1)\n}\n')
            self.expect(2, '')
            self.assertTrue(self.err.endswith('fatal error: out of memory\n'), self.err)

    def test_out_of_memory(self):
        for name, code in self.GROWERS.items():
            for workers in '1', '4':
                with self.subTest(name, workers=workers):
                    self.limited('ulimit -v 150000', 'fmt.Println("before")\n' + code, GOMAXPROCS=workers)
                    self.expect(2, 'before\n', 'fatal error: out of memory\n')

    def test_a_program_that_fits_is_not_disturbed(self):
        self.limited('ulimit -v 150000', 'n := 0\nfor i := range 1000000 { s := make([]int, 100); s[i%100] = i; n += len(s) }\nfmt.Println(n)')
        self.expect(0, '100000000\n')

    def test_no_threads_to_be_had(self):
        # The stack of a thread would be bigger than all memory there is.
        code = """
            out, done := make(chan int), time.After(20*time.Millisecond)
            for i := range 8 {
                go func() {
                    n := 0
                    for k := range 3000000 { n += k%2 }
                    out <- n + i
                }()
            }
            sum := 0
            for range 8 { sum += <-out }
            <-done
            _, err := os.ReadFile("/does/not/exist")
            fmt.Println(sum, err)
        """
        for workers in '1', '8':
            self.limited('ulimit -s 1000000; ulimit -v 500000', code, GOMAXPROCS=workers)
            self.expect(0, '12000028 open /does/not/exist: no such file or directory\n')

    def test_no_thread_to_read_a_long_file(self):
        self.limited('ulimit -s 1000000; ulimit -v 500000', long_program(''))
        self.expect(0, LONG_RESULT)
        self.limited('ulimit -s 1000000; ulimit -v 500000', long_program('func g() { if { } }\nfunc h() { x }\n'))
        self.expect(1, '', 'missing condition in if statement')

    def test_no_thread_to_read_packages(self):
        self.limited('ulimit -s 1000000; ulimit -v 500000', ManyPackages.USES)
        self.expect(0, ManyPackages.RESULT)


class Running(Case):
    def test_file(self):
        self.file('hello.gol', HELLO)
        self.gol('hello.gol', 'a', '-b', '--', 'c d')
        self.expect(0, 'hello [a -b -- c d]\n')

    def test_run_file(self):
        self.file('hello.gol', HELLO)
        self.gol('run', 'hello.gol', 'x')
        self.expect(0, 'hello [x]\n')

    def test_file_by_its_path(self):
        path = self.file('deep/er/hello.gol', HELLO)
        self.gol(path)
        self.expect(0, 'hello []\n')

    def test_file_without_ending(self):
        self.file('hello', HELLO)
        self.gol('./hello')
        self.expect(0, 'hello []\n')

    def test_go_file(self):
        self.file('main.go', PROGRAM)
        self.gol('run', 'main.go')
        self.expect(0, 'program\n')

    def test_file_named_like_a_command(self):
        self.file('version', HELLO)
        self.gol('run', 'version')
        self.expect(0, 'hello []\n')

    def test_standard_input(self):
        self.gol('run', '-', stdin='fmt.Println("from stdin")\n')
        self.expect(0, 'from stdin\n')

    def test_standard_input_with_arguments(self):
        self.gol('run', '-', 'a', stdin=HELLO)
        self.expect(0, 'hello [a]\n')

    def test_standard_input_when_not_a_terminal(self):
        self.gol(stdin='fmt.Println("piped")\n')
        self.expect(0, 'piped\n')

    def test_code(self):
        self.gol('-e', 'fmt.Println(6 * 7)')
        self.expect(0, '42\n')

    def test_code_with_arguments(self):
        self.gol('-e', 'fmt.Println(os.Args[1:])', 'a', 'b')
        self.expect(0, '[a b]\n')

    def test_code_with_several_statements(self):
        self.gol('run', '-e', 'ch := make(chan int); go func() { ch <- 7 }(); fmt.Println(<-ch)')
        self.expect(0, '7\n')

    def test_shebang(self):
        path = self.file('script', f'#!{GOL}\n{HELLO}')
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
        if GOL.count(' ') or len(GOL) > 120:
            self.skipTest('the path of gol is too long for a first line')
        r = subprocess.run([path, 'x', 'y'], capture_output=True, text=True, cwd=self.dir)
        self.assertEqual((r.stdout, r.returncode), ('hello [x y]\n', 0), r.stderr)

    def test_shebang_env(self):
        self.file('script.gol', '#!/usr/bin/env gol\nfmt.Println("line 2")\nx := y\n')
        self.gol('script.gol')
        self.expect(1, '', 'script.gol:3:6: undefined: y')

    def test_args_zero_is_the_script(self):
        self.file('a.gol', 'fmt.Println(os.Args[0], len(os.Args))\n')
        self.gol('a.gol', '1', '2')
        self.expect(0, 'a.gol 3\n')

    def test_seed_repeats(self):
        self.file('a.gol', '''
a, b := make(chan int, 100), make(chan int, 100)
for i := range 100 {
	a <- i
	b <- i
}
for range 100 {
	select {
	case v := <-a:
		fmt.Print("a", v, " ")
	case v := <-b:
		fmt.Print("b", v, " ")
	}
}
''')
        seen = []
        for seed in ('1', '1', '2'):
            self.gol('run', '-seed', seed, 'a.gol')
            self.expect(0)
            seen.append(self.out)
        self.assertEqual(seen[0], seen[1])
        self.assertNotEqual(seen[0], seen[2])

    def test_seed_has_virtual_time(self):
        self.file('a.gol', 'start := time.Now()\ntime.Sleep(time.Hour)\nfmt.Println(time.Since(start) >= time.Hour)\n')
        start = time.monotonic()
        self.gol('run', '-seed=3', 'a.gol')
        self.expect(0, 'true\n')
        self.assertLess(time.monotonic() - start, 20)

    def test_loopvar(self):
        self.file('a.gol', 'var fs []func()\nfor i := 0; i < 2; i++ {\n\tfs = append(fs, func() { fmt.Print(i) })\n}\nfs[0]()\nfs[1]()\n')
        self.gol('run', 'a.gol')
        self.expect(0, '01')
        self.gol('run', '-loopvar=shared', 'a.gol')
        self.expect(0, '22')
        self.gol('run', '-loopvar=odd', 'a.gol')
        self.expect(2, '', 'loopvar')

    def test_workers(self):
        for n in ('1', '3'):
            self.gol('-e', 'fmt.Println(runtime.GOMAXPROCS(0))', env={'GOMAXPROCS': n})
            self.expect(0, n + '\n')


class Statuses(Case):
    def test_compile_error(self):
        self.file('a.gol', 'x := 1 +\n')
        self.gol('a.gol')
        self.expect(1, '', 'a.gol:')

    def test_nothing_runs_with_errors(self):
        self.file('a.gol', 'fmt.Println("ran")\nvar s string = 1\n')
        self.gol('a.gol')
        self.expect(1, '', 'a.gol:2:16: cannot use 1')

    def test_panic(self):
        self.gol('-e', 'panic("no")')
        self.expect(2, '', 'panic: no\n\ngoroutine 1 [running]:\n')

    def test_deadlock(self):
        self.gol('-e', 'select {}')
        self.expect(2, '', 'fatal error: all goroutines are asleep - deadlock!')

    def test_os_exit(self):
        for n in (0, 1, 3, 255):
            self.gol('-e', f'os.Exit({n})')
            self.expect(n, '')

    def test_missing_file(self):
        self.gol('nothere.gol')
        self.expect(1, '', 'nothere.gol')
        self.assertIn('no such file', self.err.lower())

    def test_a_folder(self):
        os.mkdir(os.path.join(self.dir, 'd.gol'))
        self.gol('d.gol')
        self.expect(1, '', 'd.gol')

    def test_run_without_file(self):
        self.gol('run')
        self.expect(2, '', 'gol help run')

    def test_unknown_flag(self):
        self.gol('run', '-nosuch', 'a.gol')
        self.expect(2, '', '-nosuch')


class Outputs(Case):
    def test_kept_at_a_panic(self):
        self.file('a.gol', 'for i := range 3 {\n\tfmt.Println(i)\n}\nfmt.Print("end")\nvar p *int\n*p = 1\n')
        self.gol('a.gol')
        self.expect(2, '0\n1\n2\nend', 'nil pointer dereference')

    def test_kept_at_os_exit(self):
        self.gol('-e', 'fmt.Print("before"); os.Exit(3)')
        self.expect(3, 'before')

    def test_kept_at_a_deadlock(self):
        self.gol('-e', 'fmt.Print("before"); select {}')
        self.expect(2, 'before', 'deadlock')

    def test_kept_when_main_ends_first(self):
        self.gol('-e', 'go func() { for {} }(); fmt.Println("main")')
        self.expect(0, 'main\n')

    def test_much(self):
        self.gol('-e', 'for i := range 100000 { fmt.Println("line", i) }')
        self.expect(0, ''.join(f'line {i}\n' for i in range(100000)))

    def test_order_of_the_two_outputs(self):
        self.file('a.gol', 'fmt.Println("one")\nprintln("two")\nfmt.Println("three")\nfmt.Fprintln(os.Stderr, "four")\nfmt.Println("five")\n')
        r = subprocess.run([GOL, 'a.gol'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.dir)
        self.assertEqual(r.stdout, 'one\ntwo\nthree\nfour\nfive\n')

    def test_closed_pipe_ends_quietly(self):
        self.file('a.gol', 'for i := range 1000000 {\n\tfmt.Println("line", i)\n}\n')
        p = subprocess.Popen([GOL, 'a.gol'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.dir)
        p.stdout.readline()
        p.stdout.close()
        err = p.stderr.read()
        p.stderr.close()
        p.wait(20)
        self.assertEqual(err, b'')

    def test_appears_while_the_program_waits(self):
        """What was printed is there before a sleeping program goes on, also through a pipe."""
        self.file('a.gol', 'fmt.Println("now")\ntime.Sleep(20 * time.Second)\n')
        p = subprocess.Popen([GOL, 'a.gol'], stdout=subprocess.PIPE, cwd=self.dir)
        start = time.monotonic()
        line = p.stdout.readline()
        took = time.monotonic() - start
        p.kill()
        p.wait()
        p.stdout.close()
        self.assertEqual(line, b'now\n')
        self.assertLess(took, 10)


    def test_kept_at_a_panic_in_a_goroutine(self):
        self.gol('-e', 'fmt.Print("before"); go func() { panic("no") }(); select {}')
        self.expect(2, 'before', 'panic: no')

    def test_exit_in_deferred_and_concurrent_code(self):
        self.gol('-e', 'defer fmt.Print("never"); defer os.Exit(4); fmt.Print("before"); panic("no")')
        self.expect(4, 'before')
        self.gol('-e', 'for range 100 { go func() { fmt.Print("x"); os.Exit(5) }() }; select {}')
        self.assertEqual(self.status, 5)
        self.gol('-e', 'go func() { for {} }(); go func() { for { fmt.Fprint(io.Discard, 1) } }(); time.Sleep(time.Millisecond); fmt.Print("end"); os.Exit(6)')
        self.expect(6, 'end')

    def test_much_from_many_then_exit(self):
        self.file('a.gol', 'var wg sync.WaitGroup\nfor i := range 50 {\n\twg.Add(1)\n\tgo func() {\n\t\tdefer wg.Done()\n\t\tfor j := range 200 {\n'
                  '\t\t\tfmt.Printf("line %d of %d\\n", j, i)\n\t\t}\n\t}()\n}\nwg.Wait()\nos.Exit(3)\n')
        self.gol('a.gol')
        self.assertEqual(self.status, 3)
        self.assertEqual(sorted(self.out.splitlines()), sorted(f'line {j} of {i}' for i in range(50) for j in range(200)))

    def test_closed_pipe_kills_as_in_go(self):
        self.file('a.gol', 'for {\n\tfmt.Println("line")\n}\n')
        p = subprocess.Popen([GOL, 'a.gol'], stdout=subprocess.PIPE, cwd=self.dir)
        p.stdout.readline()
        p.stdout.close()
        self.assertEqual(p.wait(20), -signal.SIGPIPE)

    def test_closed_pipe_of_another_descriptor_is_an_error(self):
        self.gol('-e', 'r, w, _ := os.Pipe(); r.Close(); _, err := w.Write([]byte("x")); fmt.Println(err, errors.Is(err, syscall.EPIPE))')
        self.expect(0, 'write |1: broken pipe true\n')

    def test_input_read_by_many(self):
        self.file('a.gol', 'var wg sync.WaitGroup\nvar mu sync.Mutex\nin := bufio.NewReader(os.Stdin)\ntotal := 0\nfor range 20 {\n\twg.Add(1)\n\tgo func() {\n'
                  '\t\tdefer wg.Done()\n\t\tfor {\n\t\t\tmu.Lock()\n\t\t\tline, err := in.ReadString(\'\\n\')\n\t\t\tif err == nil {\n'
                  '\t\t\t\tn, _ := strconv.Atoi(strings.TrimSpace(line))\n\t\t\t\ttotal += n\n\t\t\t}\n\t\t\tmu.Unlock()\n\t\t\tif err != nil {\n\t\t\t\treturn\n\t\t\t}\n'
                  '\t\t}\n\t}()\n}\nwg.Wait()\nfmt.Println(total)\n')
        self.gol('a.gol', stdin=''.join(f'{i}\n' for i in range(1000)))
        self.expect(0, f'{sum(range(1000))}\n')
        self.gol('-e', 'c := make(chan int, 8); for range 8 { go func() { b := make([]byte, 100); n, _ := os.Stdin.Read(b); c <- n }() }; n := 0; for range 8 { n += <-c }; fmt.Println(n)',
                 stdin='x' * 350)
        self.expect(0, '350\n')


class Signals(Case):
    """What a signal does to a program: see runtime/vm/signals.h."""
    WAITING = 'fmt.Print("before "); fmt.Println("it"); time.Sleep(30 * time.Second)'
    SPINNING = 'fmt.Print("before "); go func() { for {} }(); time.Sleep(10 * time.Millisecond); fmt.Println("it"); for { }'

    def start(self, code, flags=(), **more):
        p = subprocess.Popen([GOL, 'run', *flags, '-e', code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
        time.sleep(0.4)
        return p

    def test_deadly_ones(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
            for code in (self.WAITING, self.SPINNING):
                p = self.start(code)
                p.send_signal(number)
                out, err = p.communicate(timeout=20)
                self.assertEqual((p.returncode, out, err), (-number, 'before it\n', ''))

    def test_harmless_ones(self):
        p = self.start('time.Sleep(600 * time.Millisecond); fmt.Println("end")')
        p.send_signal(signal.SIGWINCH)
        p.send_signal(signal.SIGCHLD)
        self.assertEqual(p.communicate(timeout=20), ('end\n', ''))

    def test_while_the_compilation_is_cleared_away(self):
        """The thread that helps with a long file may still be there: signals are not its."""
        functions = ''.join(f'func f{i}(a, b int) int {{ s := {i}; for i := range a {{ if i%3 == b {{ s += i }} else {{ s -= b }} }}; return s }}\n' for i in range(400))
        uses = ' + '.join(f'f{i}({i}, 2)' for i in range(400))
        path = self.file('long.gol', functions + 'c := make(chan os.Signal, 1); signal.Notify(c, syscall.SIGUSR1); syscall.Kill(syscall.Getpid(), syscall.SIGUSR1)\n'
                          f'fmt.Println(<-c, {uses} != 0)\n')
        for _ in range(40):
            p = subprocess.run([GOL, path], capture_output=True, text=True, timeout=60)
            self.assertEqual((p.returncode, p.stdout, p.stderr), (0, 'user defined signal 1 true\n', ''))

    def test_ignored_from_the_start(self):
        p = self.start('time.Sleep(600 * time.Millisecond); fmt.Println("end")', preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        p.send_signal(signal.SIGHUP)
        self.assertEqual(p.communicate(timeout=20), ('end\n', ''))

    def test_quit_shows_all_goroutines(self):
        self.file('a.gol', 'func spin() {\n\tfor {\n\t}\n}\n\nch := make(chan int)\ngo spin()\ngo func() { ch <- 1 }()\nfmt.Print("before")\ntime.Sleep(30 * time.Second)\n')
        for env in ({'GOMAXPROCS': '1'}, {'GOMAXPROCS': '4'}):
            p = subprocess.Popen([GOL, 'a.gol'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.dir, env={**os.environ, **env})
            time.sleep(0.4)
            p.send_signal(signal.SIGQUIT)
            out, err = p.communicate(timeout=20)
            self.assertEqual((p.returncode, out), (2, 'before'))
            self.assertTrue(err.startswith('SIGQUIT: quit\n'), err)
            for words in ('goroutine 1 [sleep]:\n', 'main.spin()\n\t', 'a.gol:2 ', '[chan send]:\n', 'a.gol:8 ', 'created by main.main in goroutine 1\n'):
                self.assertIn(words, err)

    # The thread that takes signals begins late: these wait before a worker has ticked.
    def test_of_one_that_cannot_write(self):
        p = self.start('fmt.Print(strings.Repeat("x", 1 << 20))')
        p.send_signal(signal.SIGINT)
        self.assertEqual(p.wait(timeout=20), -signal.SIGINT)
        p.communicate()
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        os.write(writer, bytes(1 << 20))  # as much as there is room for
        os.set_blocking(writer, True)
        p = subprocess.Popen([GOL, '-e', 'fmt.Println("no room")'], stdout=writer)
        time.sleep(0.4)
        p.send_signal(signal.SIGINT)
        self.assertEqual(p.wait(timeout=20), -signal.SIGINT)
        os.close(reader)
        os.close(writer)

    def test_of_one_that_waits_at_once(self):
        for flags in ([], ['-seed', '1']):
            for code in ('var s string; fmt.Scan(&s)', 'io.ReadAll(os.Stdin)'):
                p = self.start(code, flags, stdin=subprocess.PIPE)
                p.send_signal(signal.SIGINT)
                self.assertEqual(p.wait(timeout=20), -signal.SIGINT, (flags, code))
                p.communicate()

    def test_quit_of_a_seeded_run(self):
        p = self.start('for {}', flags=['-seed', '3'])
        p.send_signal(signal.SIGQUIT)
        out, err = p.communicate(timeout=20)
        self.assertEqual(p.returncode, 2)
        self.assertIn('goroutine 1 [', err)

    def test_output_that_nobody_reads_does_not_keep_it(self):
        p = self.start('for i := range 100000 { fmt.Println("a line that fills the pipe", i) }; time.Sleep(30 * time.Second)')
        p.send_signal(signal.SIGINT)
        self.assertEqual(p.wait(20), -signal.SIGINT)
        p.stdout.close()
        p.stderr.close()

    def test_wanted_by_the_program(self):
        p = self.start('c := make(chan os.Signal, 1); signal.Notify(c, os.Interrupt); fmt.Println(<-c); signal.Stop(c); fmt.Println("again"); time.Sleep(30 * time.Second)')
        p.send_signal(signal.SIGINT)
        self.assertEqual(p.stdout.readline(), 'interrupt\n')
        self.assertEqual(p.stdout.readline(), 'again\n')
        time.sleep(0.1)
        p.send_signal(signal.SIGINT)
        self.assertEqual(p.communicate(timeout=20), ('', ''))
        self.assertEqual(p.returncode, -signal.SIGINT)


class Messages(Case):
    def test_form(self):
        self.file('a.gol', 'func f() {\n\tvar s string = 1 + 2\n}\n')
        self.gol('vet', 'a.gol')
        self.expect(1, '')
        lines = self.err.split('\n')
        at = lines.index('a.gol:2:17: cannot use 1 + 2 (untyped int constant 3) as string value in variable declaration')
        self.assertIn('| \tvar s string = 1 + 2', lines[at + 1])
        caret = lines[at + 2]
        self.assertEqual(caret[caret.index('|'):].rstrip('~'), '| \t' + ' ' * 15 + '^', self.err)

    def test_all_errors(self):
        self.file('a.gol', ''.join(f'x{i} := undefined{i}\n' for i in range(25)))
        self.gol('vet', 'a.gol')
        self.expect(1)
        for i in range(25):
            self.assertIn(f'a.gol:{i + 1}:', self.err)

    def test_sorted_by_line(self):
        self.file('a.gol', 'func f() int { return "a" }\nx := y\nfunc g() { z() }\nvar s int = "b"\n')
        self.gol('vet', 'a.gol')
        numbers = [int(s.split(':')[1]) for s in self.err.split('\n') if s.startswith('a.gol:')]
        self.assertEqual(numbers, [1, 2, 3, 4])

    def test_no_colour_without_a_terminal(self):
        self.gol('-e', 'x := y')
        self.expect(1, '')
        self.assertNotIn('\033', self.err)

    def test_code_has_a_name(self):
        self.gol('-e', 'x := y')
        self.expect(1, '', ':1:6: undefined: y')

    def test_did_you_mean(self):
        self.gol('-e', 'fmt.Printn(1)')
        self.expect(1, '', 'undefined: fmt.Printn')
        self.assertIn('Print', self.err.split('undefined: fmt.Printn', 1)[1].split('\n', 1)[1])

    def test_import_hint(self):
        self.file('a.gol', 'package main\n\nfunc main() { fmt.Println(1) }\n')
        self.gol('vet', 'a.gol')
        self.expect(1, '', 'undefined: fmt')
        self.assertIn('import', self.err)

    def test_long_lines_and_odd_text(self):
        self.file('a.gol', 'x := "' + 'é' * 300 + '" + y\n\x00\n')
        self.gol('vet', 'a.gol')
        self.expect(1, '', 'undefined: y')

    def test_nul_and_bad_utf8(self):
        with open(os.path.join(self.dir, 'a.gol'), 'wb') as f:
            f.write(b'x := "\xff"\nfmt.Println(x)\n')
        r = subprocess.run([GOL, 'vet', 'a.gol'], capture_output=True, cwd=self.dir)
        self.assertEqual(r.returncode, 1)
        self.assertIn(b'invalid UTF-8 encoding', r.stderr)

    def test_trace_names_file_and_line(self):
        self.file('a.gol', 'func f() {\n\tpanic("x")\n}\nf()\n')
        self.gol('a.gol')
        self.expect(2, '', 'main.f(')
        self.assertIn('a.gol:2', self.err)
        self.assertIn('a.gol:4', self.err)


class Vet(Case):
    def test_good(self):
        self.file('a.gol', HELLO)
        self.gol('vet', 'a.gol')
        self.expect(0, '')

    def test_does_not_run(self):
        self.file('a.gol', 'panic("ran")\n')
        self.gol('vet', 'a.gol')
        self.expect(0, '')

    def test_several(self):
        self.file('a.gol', 'x := y\n')
        self.file('b.gol', HELLO)
        self.file('c.gol', 'var s string = 1\n')
        self.gol('vet', 'a.gol', 'b.gol', 'c.gol')
        self.expect(1, '', 'a.gol:1:')
        self.assertIn('c.gol:1:', self.err)

    def test_parse_only(self):
        self.file('a.gol', 'var s string = 1\nx := y\n')
        self.gol('vet', '--parse-only', 'a.gol')
        self.expect(0, '')
        self.file('b.gol', 'var s = = 1\n')
        self.gol('vet', '--parse-only', 'a.gol', 'b.gol')
        self.expect(1, '', 'b.gol:1:9: syntax error')

    def test_package_of_another_name(self):
        self.file('a.go', 'package shapes\n\ntype Square struct{ Side float64 }\n')
        self.gol('vet', 'a.go')
        self.expect(0, '')

    def test_run_of_another_package(self):
        self.file('a.go', 'package shapes\n\nfunc main() {}\n')
        self.gol('run', 'a.go')
        self.assertEqual(self.status, 1, self.err)

    def test_missing_file(self):
        self.gol('vet', 'nothere.gol')
        self.expect(1, '', 'nothere.gol')

    def test_no_files(self):
        self.gol('vet')
        self.expect(2, '', 'gol help vet')


class Commands(Case):
    def test_version(self):
        self.gol('version')
        self.expect(0)
        self.assertRegex(self.out, r'^gol version \d+\.\d+\.\d+')

    def test_help(self):
        self.gol('help')
        self.expect(0)
        for command in ('run', 'vet', 'dump', 'version', 'help'):
            self.assertIn(f'\n  {command}', self.out)
        text = self.out
        for way in ('-h', '--help'):
            self.gol(way)
            self.expect(0, text)

    def test_help_of_each_command(self):
        for command in ('run', 'vet', 'dump', 'version', 'help'):
            self.gol('help', command)
            self.expect(0)
            self.assertIn(f'gol {command}', self.out)

    def test_help_of_unknown(self):
        self.gol('help', 'nosuch')
        self.assertNotEqual(self.status, 0)
        self.assertIn('nosuch', self.err)

    def test_unknown_command_with_a_suggestion(self):
        self.gol('vert', 'a.gol')
        self.assertNotEqual(self.status, 0)
        self.assertIn("'vert'", self.err)
        self.assertIn("Did you mean 'vet'", self.err)

    def test_unknown_command_without_one(self):
        self.gol('xyzzyplugh')
        self.assertNotEqual(self.status, 0)
        self.assertNotIn('Did you mean', self.err)

    def test_dump(self):
        self.file('a.gol', 'x := 1 + 2\nfmt.Println(x)\n')
        for what, sign in (('tokens', 'x'), ('tree', 'Println'), ('types', 'int'), ('code', 'main')):
            self.gol('dump', '--' + what, 'a.gol')
            self.expect(0)
            self.assertIn(sign, self.out)

    def test_dump_needs_a_kind(self):
        self.file('a.gol', HELLO)
        self.gol('dump', 'a.gol')
        self.expect(2, '', '--tokens')


class Packages(Case):
    """Programs of several files and packages."""

    def tree(self, **files):
        for name, text in files.items():
            self.file(name.replace('__', '/') + '.go', text)

    def module(self, **files):
        self.file('go.mod', '// a comment\nmodule mymod // another\n\ngo 1.23\n')
        self.tree(**files)

    def test_folder(self):
        self.tree(a='package main\n\nimport "fmt"\n\nvar x = f()\n\nfunc main() { fmt.Println(x, y) }\n',
                  b='package main\n\nfunc f() int { return y + 1 }\n')
        self.file('c.gol', 'package main\n\nvar y = 41\n')
        self.file('script.gol', 'fmt.Println("a script is a program of its own")\n')
        self.gol('run', '.')
        self.expect(0, '42 41\n')
        self.gol('vet', '.')
        self.expect(0, '')

    def test_left_out_of_a_folder(self):
        self.tree(a='package main\n\nfunc main() { println(system, width) }\n',
                  a_test='package main\n\nvar x int = "wrong"\n', _x='package main\n\nvar x int = "wrong"\n',
                  b_linux='package main\n\nconst system = "linux"\n', b_windows='package main\n\nconst system = "windows"\n',
                  b_darwin_arm64='package main\n\nconst system = "darwin"\n',
                  c='// a\n\n/* b */\n\n//go:build amd64 && !(arm || cgo)\n\npackage main\n\nconst width = 64\n',
                  d='//go:build 386 || go1.99\n\npackage main\n\nconst width = 32\n',
                  e='//go:build ignore\n\npackage other\n')
        self.gol('run', '.')
        self.expect(0, '', 'linux 64\n')

    def test_files(self):
        self.tree(a='package main\n\nimport "os"\n\nfunc main() { println(len(os.Args), os.Args[0], y) }\n', b='package main\n\nvar y = 1\n')
        self.gol('run', 'a.go', 'b.go', 'x', 'y.go')
        self.expect(0, '', '3 a.go 1\n')
        self.gol('run', 'a.go')
        self.expect(1, '', 'undefined: y')

    def test_what_follows_a_script_are_arguments(self):
        self.file('a.gol', HELLO)
        self.file('b.go', PROGRAM)
        self.gol('a.gol', 'b.go')
        self.expect(0, 'hello [b.go]\n')

    def test_files_of_two_folders(self):
        self.tree(a__a='package main\n', b__b='package main\n')
        self.gol('run', 'a/a.go', 'b/b.go')
        self.expect(1, '', 'named files must all be in one directory; have a/ and b/')

    def test_each_file_has_its_own_imports(self):
        self.tree(a='package main\n\nimport "fmt"\n\nfunc main() { fmt.Println() }\n', b='package main\n\nfunc f() { fmt.Println() }\n')
        self.gol('run', '.')
        self.expect(1, '', 'b.go:3:12: undefined: fmt')

    def test_two_packages_in_a_folder(self):
        self.tree(a='package main\n', b='package other\n')
        for how in (['run', '.'], ['run', 'a.go', 'b.go']):
            self.gol(*how)
            self.expect(1, '', 'found packages main (a.go) and other (b.go) in .\n')

    def test_not_a_program(self):
        self.tree(a='package shapes\n\nfunc main() {}\n')
        for how in (['run', '.'], ['run', 'a.go']):
            self.gol(*how)
            self.expect(1, '', 'package shapes is not a main package')
        self.gol('vet', '.')
        self.expect(0, '')

    def test_nothing_in_a_folder(self):
        os.mkdir(os.path.join(self.dir, 'd'))
        self.gol('run', 'd')
        self.expect(1, '', 'no Go files in d\n')
        self.tree(d__x_windows='package main\n')
        self.gol('run', 'd')
        self.expect(1, '', 'build constraints exclude all Go files in d\n')

    def test_import_from_a_script(self):
        self.tree(shapes__a='package shapes\n\nimport "fmt"\n\ntype Square struct{ Side int }\n\nfunc init() { fmt.Println("init") }\n',
                  shapes__b='package shapes\n\nimport str "strings"\n\nfunc (s Square) Draw() string { return str.Repeat("#", s.Side) }\n')
        self.file('a.gol', 'import "./shapes"\n\nx := shapes.Square{3}\nfmt.Printf("%T %v %s\\n", x, x, x.Draw())\n')
        self.gol('a.gol')
        self.expect(0, 'init\nshapes.Square {3} ###\n')
        self.gol(os.path.join(self.dir, 'a.gol'), env={'PWD': '/'})
        self.expect(0, 'init\nshapes.Square {3} ###\n')

    def test_std_is_never_shadowed(self):
        self.tree(strings__a='package strings\n\nfunc Hi() string { return "hi" }\n')
        self.file('a.gol', 'import own "./strings"\n\nfmt.Println(own.Hi(), strings.ToUpper("std"))\n')
        self.gol('a.gol')
        self.expect(0, 'hi STD\n')

    def test_module(self):
        self.module(cmd__tool__main='package main\n\nimport (\n\t"fmt"\n\t"mymod"\n\t"mymod/sub/pkg"\n)\n\nfunc main() { fmt.Println(mymod.A, pkg.B) }\n',
                    root='package mymod\n\nimport "mymod/sub/pkg"\n\nvar A = pkg.B + 1\n',
                    sub__pkg__p='package pkg\n\nimport "mymod/sub/internal/deep"\n\nvar B = deep.C + 1\n',
                    sub__internal__deep__d='package deep\n\nvar C = 1\n')
        self.gol('run', 'cmd/tool')
        self.expect(0, '3 2\n')
        self.gol('run', 'cmd/tool/main.go')
        self.expect(0, '3 2\n')

    def test_internal(self):
        self.module(main='package main\n\nimport (\n\t_ "mymod/a/internal/b"\n\t_ "mymod/internal/c"\n)\n\nfunc main() {}\n',
                    a__internal__b__b='package b\n', internal__c__c='package c\n')
        self.gol('run', '.')
        self.expect(1, '', 'main.go:4:4: use of internal package mymod/a/internal/b not allowed')
        self.assertNotIn('internal/c not', self.err)

    def test_cycle(self):
        self.module(main='package main\n\nimport _ "mymod/a"\n\nfunc main() {}\n', a__a='package a\n\nimport _ "mymod/b"\n', b__b='package b\n\nimport _ "mymod/a"\n')
        self.gol('run', '.')
        self.expect(1, '', 'b/b.go:3:10: import cycle not allowed\n\tpackage main\n\timports mymod/a\n\timports mymod/b\n\timports mymod/a\n')

    def test_packages_are_initialised_in_the_order_of_their_paths(self):
        say = 'package %s\n\nfunc init() { println("%s") }\n'
        self.module(main='package main\n\nimport (\n\t_ "mymod/c"\n\t_ "mymod/b"\n\t_ "mymod/a"\n)\n\nfunc main() {}\n',
                    a__a=say.replace('\n\nf', '\n\nimport _ "mymod/d"\n\nf') % ('a', 'a'), b__b=say % ('b', 'b'), c__c=say % ('c', 'c'), d__d=say % ('d', 'd'))
        self.gol('run', '.')
        self.expect(0, '', 'b\nc\nd\na\n')

    def test_a_type_that_contains_itself_through_another_package(self):
        self.module(b='package b\n\nimport "mymod/a"\n\ntype T a.T[T]\n', a__a='package a\n\ntype T[P any] struct{ _ P }\n')
        self.gol('vet', '.')
        self.expect(1, '', 'b.go:5:6: invalid recursive type T\n\tb.go:5:6: T refers to\n\tb.go:5:9: a.T refers to\n\tb.go:5:6: T\n')

    def test_assertion_to_the_same_text_of_another_package(self):
        self.module(b='package main\n\nimport "mymod/a"\n\nfunc main() { _ = a.X.(struct{ x int }) }\n', a__a='package a\n\nvar X any = struct{ x int }{}\n')
        self.gol('run', '.')
        self.expect(2, '', 'interface conversion: interface {} is struct { x int }, not struct { x int } (types from different packages)')

    def test_what_cannot_be_imported(self):
        self.module(a='package main\n\nimport (\n\t_ "mymod/nope"\n\t_ "example.com/x"\n\t_ "mymod/two"\n\t_ "mymod/prog"\n\t_ "./none"\n)\n\nfunc main() {}\n',
                    two__a='package a\n', two__b='package b\n', prog__p='package main\n')
        self.gol('vet', '.')
        self.expect(1, '')
        for words in ('a.go:4:4: could not import mymod/nope (package mymod/nope is not in std)',
                      'a.go:5:4: no required module provides package example.com/x',
                      'a.go:6:4: found packages a (a.go) and b (b.go) in two',
                      'a.go:7:4: import "mymod/prog" is a program, not an importable package',
                      'a.go:8:4: cannot find package "./none"'):
            self.assertIn(words, self.err)

    def test_errors_of_an_imported_package(self):
        self.module(main='package main\n\nimport "mymod/a"\n\nfunc main() { a.F(); a.g() }\n', a__a='package a\n\nfunc F() { x := 1 }\n\nfunc g() {}\n')
        self.gol('run', '.')
        self.expect(1, '', 'a/a.go:3:12: declared and not used: x')
        self.assertIn('main.go:5:24: ', self.err)

    def test_package_imported_by_two_is_one(self):
        self.module(main='package main\n\nimport (\n\t"mymod/a"\n\t"mymod/b"\n\tc "./c"\n)\n\nfunc main() { a.Add(); b.Add(); println(c.N) }\n',
                    a__a='package a\n\nimport "mymod/c"\n\nfunc Add() { c.N++ }\n', b__b='package b\n\nimport "../c"\n\nfunc Add() { c.N++ }\n',
                    c__c='package c\n\nvar N int\n')
        self.gol('run', '.')
        self.expect(0, '', '2\n')


FINALIZER = '''type thing struct{ a, b int }
x, y, state := 1, 1, "none"
var ended atomic.Bool
func() {
	t := &thing{1, 2}
	x++
	runtime.SetFinalizer(t, func(t *thing) {
		x++
		y++
		ended.Store(true)
	})
}()
y++
for i := 0; i < 200 && !ended.Load(); i++ {
	runtime.GC()
	time.Sleep(time.Millisecond)
}
var stats runtime.MemStats
runtime.ReadMemStats(&stats)
if ended.Load() {
	state = "ended"
} else if stats.NumGC > 0 {
	state = "collected in vain"
}
fmt.Println(state, x, y)
'''
RACY = '''var mu sync.Mutex
hits := map[string]int{}
done := make(chan bool)
go func() {
	mu.Lock()
	hits["a"]++
	mu.Unlock()
	done <- true
}()
hits["b"] = 1
<-done
fmt.Println(len(hits) > 0)
'''


HELD = '''import ("fmt"; "sync")

type box struct{ sync.Mutex; n int }

func (b *box) inc() {
	b.Lock()
	defer b.Unlock()
	b.n++
}

func main() {
	var first, other sync.Mutex
	var guard sync.RWMutex
	x := 0
	first.Lock()
	b := &box{}
	for range 1000 {
		b.inc()
		other.Lock()
		b.n++
		other.Unlock()
		guard.Lock()
		guard.Unlock()
		guard.RLock()
		guard.RUnlock()
	}
	guard.RLock()
	guard.RLock()
	guard.RUnlock()
	done := make(chan bool)
	go func() {
		x++
		done <- true
	}()
	x++
	guard.RUnlock()
	first.Unlock()
	<-done
	fmt.Println(x > 0, b.n)
}
'''


class Races(Case):
    """gol run -race: where reports go, what they say, and the exit status."""

    def test_finalizers_are_company(self):
        """From when the first is set: what was before that is known to it, what follows is not."""
        self.file('finalizer.gol', FINALIZER)
        self.gol('run', '-race', 'finalizer.gol')
        if self.out == 'none 2 2\n':
            self.skipTest('this build collects nothing')
        self.expect(66, 'ended 3 3\n', 'WARNING: DATA RACE')
        self.assertIn('This is about y', self.err)
        self.assertNotIn('This is about x', self.err)

    def test_lock_taken_again_when_company_comes(self):
        """A lock that is taken again and again while main is alone is noted once, behind what is held besides."""
        self.file('again.gol', 'x := 0\nvar mu, other sync.Mutex\nfor range 100 {\n\tmu.Lock()\n\tmu.Unlock()\n}\nother.Lock()\n'
                  'mu.Lock()\nmu.Unlock()\nmu.Lock()\ndone := make(chan bool)\ngo func() { x++; done <- true }()\nx++\n'
                  'mu.Unlock()\nother.Unlock()\n<-done\n')
        self.gol('run', '-race', 'again.gol')
        self.assertEqual(self.status, 66)
        self.assertRegex(self.err, r'(main held|main had held) other and mu\b')

    def test_locks_held_when_company_comes(self):
        """Taken while main was the only goroutine, with many others taken and given back since."""
        self.file('held.gol', HELD)
        self.gol('run', '-race', 'held.gol')
        self.expect(66, 'true 2000\n', 'WARNING: DATA RACE')
        self.assertRegex(self.err, r'(main held|main had held) first and guard \(RLock\)')

    def test_report(self):
        self.file('racy.gol', RACY)
        self.gol('run', '-race', 'racy.gol')
        self.expect(66, 'true\n', 'WARNING: DATA RACE')
        self.assertRegex(self.err, r'by goroutine \d+:\n  main\.main\.func1\(\)\n      .*racy\.gol:6 ')
        self.assertRegex(self.err, r'This is about hits\["[ab]"\]:')
        self.assertRegex(self.err, r'nothing orders line \d+ after line \d+: .*held (mu|no lock), .*had held (mu|no lock)\n')
        self.assertIn('hint: a map must not be used while another goroutine writes it', self.err)
        self.assertTrue(self.err.endswith('Found 1 data race(s)\n'), self.err)

    def test_no_race(self):
        self.file('hello.gol', HELLO)
        self.gol('run', '-race', 'hello.gol')
        self.expect(0, 'hello []\n')

    def test_locks_from_before_the_first_go_statement(self):
        self.file('racy.gol', 'var mu sync.Mutex\nx := 0\nmu.Lock()\ndone := make(chan bool)\n'
                  'go func() { x++; done <- true }()\nx++\nmu.Unlock()\n<-done\n')
        self.gol('run', '-race=json', 'racy.gol')
        race = json.loads(self.err)
        self.assertEqual({a['goroutine']: a['locks'] for a in (race['now'], race['before'])}, {1: ['mu'], 2: []})

    def test_json(self):
        self.file('racy.gol', RACY)
        self.gol('run', '-race=json', 'racy.gol')
        self.expect(66, 'true\n')
        race = json.loads(self.err)
        self.assertEqual({race['now']['line'], race['before']['line']}, {6, 10})
        self.assertEqual(sorted(race['now']['locks'] + race['before']['locks']), ['mu'])
        self.assertEqual(race['now']['stack'][0]['file'], 'racy.gol')

    def test_exit_code(self):
        self.file('racy.gol', RACY)
        self.gol('run', '-race', '-exitcode', '3', 'racy.gol')
        self.expect(3)
        self.gol('run', '-race', '-exitcode=0', 'racy.gol')
        self.assertEqual(self.status, 0)
        self.gol('run', '-race', 'racy.gol', env={'GORACE': 'exitcode=5 history_size=2'})
        self.expect(5)
        self.file('ends.gol', RACY + 'os.Exit(4)\n')
        self.gol('run', '-race', 'ends.gol')
        self.expect(4)

    def test_wrong_options(self):
        self.file('racy.gol', RACY)
        self.gol('run', '-race', '-exitcode', 'many', 'racy.gol')
        self.expect(2, '', "gol: -exitcode does not take 'many'")
        self.gol('run', '-exitcode', '3', 'racy.gol')
        self.expect(2, '', 'gol: -exitcode goes with -race')
        self.gol('run', '-halt_on_error', 'racy.gol')
        self.expect(2, '', 'gol: -halt_on_error goes with -race')
        self.gol('run', '-race', 'racy.gol', env={'GORACE': 'halt_on_error=maybe'})
        self.expect(2, '', 'gol: GORACE: halt_on_error=maybe is not understood')
        self.file('hello.gol', HELLO)
        self.gol('run', 'hello.gol', env={'GORACE': 'halt_on_error=maybe'})
        self.expect(0)

    def test_halt_on_error(self):
        self.file('racy.gol', RACY + 'time.Sleep(time.Hour)\n')
        self.gol('run', '-race', '-halt_on_error', 'racy.gol')
        self.expect(66, None, 'Found 1 data race(s)')

    def test_log_path(self):
        self.file('racy.gol', RACY)
        self.gol('run', '-race', '-log_path', 'races', 'racy.gol')
        self.expect(66, 'true\n')
        self.assertEqual(self.err, '')
        log, = [f for f in os.listdir(self.dir) if f.startswith('races.')]
        with open(os.path.join(self.dir, log)) as f:
            self.assertIn('WARNING: DATA RACE', f.read())
        self.gol('run', '-race', '-log_path=stdout', 'racy.gol')
        self.expect(66)
        self.assertIn('WARNING: DATA RACE', self.out)
        self.gol('run', '-race', '-log_path=no/such/folder/x', 'racy.gol')
        self.expect(66, None, 'the log of data races cannot be written: no/such/folder/x')
        self.assertIn('WARNING: DATA RACE', self.err)

class Repl(Case):
    """Without a terminal; with one: tests/repl."""

    def test_script_from_standard_input(self):
        self.gol('repl', stdin='x := 41\nfmt.Println(x + 1)\n')
        self.expect(0, '42\n')

    def test_gol_alone(self):
        self.gol(stdin='fmt.Println("piped")\n')
        self.expect(0, 'piped\n')

    def test_is_strict_there(self):
        self.gol('repl', stdin='1 + 1\n')
        self.expect(1, '', err='is not used')

    def test_arguments(self):
        self.gol('repl', 'x')
        self.expect(2, err='repl takes no arguments')


def begin(arguments):
    global GOL
    GOL = Case.binary = arguments.gol


if __name__ == '__main__':
    sys.exit(cases.run('cli', GOL, begin))
