"""A terminal for tests: gol runs in a pseudo-terminal, and what it writes is drawn on a screen with room for all of it."""
import fcntl, os, pty, re, select, signal, struct, termios, time

PROMPTS = ('gol> ', '...> ')


class Screen:
    """The few control sequences that libedit uses with TERM=xterm."""

    def __init__(self, columns):
        self.columns, self.rows, self.x, self.y, self.rest = columns, [''], 0, 0, ''

    def put(self, c):
        if self.x >= self.columns:
            self.x, self.y = 0, self.y + 1
        while len(self.rows) <= self.y:
            self.rows.append('')
        row = self.rows[self.y].ljust(self.x)
        self.rows[self.y] = row[:self.x] + c + row[self.x + 1:]
        self.x += 1

    def control(self, args, letter):
        n = int(args.split(';')[0]) if args and args[0].isdigit() else 0
        row = self.rows[self.y] if self.y < len(self.rows) else ''
        if letter == 'A': self.y = max(0, self.y - (n or 1))
        elif letter == 'B': self.y += n or 1
        elif letter == 'C': self.x = min(self.columns - 1, self.x + (n or 1))
        elif letter == 'D': self.x = max(0, self.x - (n or 1))
        elif letter == 'G': self.x = (n or 1) - 1
        elif letter == 'K': self.set_row(row[:self.x])
        elif letter == 'J':
            self.set_row(row[:self.x])
            del self.rows[self.y + 1:]
        elif letter == 'P': self.set_row(row[:self.x] + row[self.x + (n or 1):])
        elif letter == '@': self.set_row(row[:self.x] + ' ' * (n or 1) + row[self.x:])

    def set_row(self, text):
        while len(self.rows) <= self.y:
            self.rows.append('')
        self.rows[self.y] = text

    def feed(self, text):
        text = self.rest + text
        self.rest = ''
        i = 0
        while i < len(text):
            c = text[i]
            if c == '\x1b':
                m = re.compile(r'\x1b(?:\[([0-9;?]*)([@-~])|[=>78]|[()][A-Z0-9])').match(text, i)
                if not m:
                    if len(text) - i < 8:
                        self.rest = text[i:]
                        return
                    i += 1
                    continue
                if m.group(2): self.control(m.group(1), m.group(2))
                i = m.end()
                continue
            if c == '\r': self.x = 0
            elif c == '\n':
                self.y += 1
                while len(self.rows) <= self.y:
                    self.rows.append('')
            elif c == '\b': self.x = max(0, self.x - 1)
            elif c == '\t': self.x = min(self.columns - 1, self.x // 8 * 8 + 8)
            elif c >= ' ': self.put(c)
            i += 1

    def lines(self):
        return [row.rstrip() for row in self.rows]


class Gone(Exception):
    pass


class Terminal:
    def __init__(self, gol, folder, args=('repl',), env=None, columns=160, timeout=20):
        self.screen, self.timeout, self.status = Screen(columns), timeout, None
        self.everything, self.tail = b'', b''                    # what came; what of it is half a character
        environment = {**os.environ, 'TERM': 'xterm', 'NO_COLOR': '1', 'XDG_STATE_HOME': os.path.join(folder, 'state'), 'HOME': folder,
                       'LC_ALL': 'C.UTF-8', **(env or {})}
        environment = {name: value for name, value in environment.items() if value is not None}
        self.pid, self.fd = pty.fork()
        if not self.pid:
            try:
                os.chdir(folder)
                os.execve(gol, [gol, *args], environment)
            finally:
                os._exit(127)
        self.size(columns)

    def size(self, columns, rows=40):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        self.screen.columns = columns

    def type(self, text):
        os.write(self.fd, text.encode())

    def pump(self, seconds):
        """Draw what comes within that time; False: nothing did."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b''
        if not data:
            self.reap()
            raise Gone()
        self.everything += data
        self.tail += data
        try:
            text, self.tail = self.tail.decode(), b''
        except UnicodeDecodeError as e: # a character may have come in halves
            text, self.tail = self.tail[:e.start].decode(), self.tail[e.start:]
        self.screen.feed(text)
        return True

    def wait(self, condition, what):
        end = time.time() + self.timeout
        while not condition():
            if time.time() > end:
                raise AssertionError(f'waited in vain for {what}; the screen:\n' + '\n'.join(self.screen.lines()[-40:]))
            self.pump(0.05)

    def at_prompt(self, prompts=PROMPTS):
        s = self.screen
        row = s.rows[s.y] if s.y < len(s.rows) else ''
        return row.ljust(5)[:s.x] in prompts and not row[s.x:].strip()

    def prompt(self):
        """Wait until a prompt waits for input, and nothing more comes."""
        while True:
            self.wait(self.at_prompt, 'a prompt')
            if not self.pump(0.02) and self.at_prompt():
                return

    def shows(self, text):
        return any(text in line for line in self.screen.lines())

    def see(self, text):
        self.wait(lambda: self.shows(text), repr(text))

    def input(self, line):
        """Type a line at the prompt; what is shown between it and the next prompt."""
        first = self.screen.y
        self.type(line + '\n')
        self.wait(lambda: self.screen.y > first, 'the next line')
        self.prompt()
        return self.screen.lines()[first + 1:self.screen.y]

    def leave(self):
        self.type('\x04')
        try:
            while True:
                self.wait(lambda: False, 'the end')
        except Gone:
            return self.status

    def reap(self):
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def close(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.reap()
        os.close(self.fd)
