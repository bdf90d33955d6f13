#!/usr/bin/env python3
"""The HTTP server that the tests of net/http talk to, on loopback only: it answers, refuses, is slow, resets and lies, as the path asks.

serve.py prints one NAME=VALUE line for each address and ends when its standard input does. The tests find them in the environment:
    SERVER    http://127.0.0.1:PORT
    TRUSTED   https, with a certificate that SSL_CERT_FILE (also printed) makes known
    UNKNOWN, EXPIRED, WRONGHOST   https, with certificates that are not good for 127.0.0.1
    REFUSED   an address where nobody listens
    HASTY     one that answers 400 as soon as it is connected to
The certificates beside this file were made by make_certificates.sh and are good for nothing else.
"""
import asyncio, gzip, os, re, resource, socket, ssl, struct, sys
from urllib.parse import parse_qsl, urlsplit

HERE = os.path.dirname(os.path.abspath(__file__))
REASONS = {200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content', 301: 'Moved Permanently', 302: 'Found', 303: 'See Other',
           304: 'Not Modified', 307: 'Temporary Redirect', 308: 'Permanent Redirect', 400: 'Bad Request', 401: 'Unauthorized',
           403: 'Forbidden', 404: 'Not Found', 418: "I'm a teapot", 500: 'Internal Server Error', 503: 'Service Unavailable'}
RAW = {  # answers sent as they stand, after which the connection is closed
    'garbage': 'this is not HTTP\r\n\r\n',
    'long-garbage': 'x' * 5000 + '\r\n\r\n',
    'bad-version': 'HTTP/x 200 OK\r\n\r\n',
    'two-lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
    'same-lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc',
    'cut-head': 'HTTP/1.1 200 OK\r\nX-A: b\r\nX-C: d',
    'cut': 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789',
    'cut-chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n64\r\nabc',
    'cut-between-chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
    'bad-chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\nabc\r\n0\r\n\r\n',
    'until-close': 'HTTP/1.1 200 OK\r\nX-Style: until close\r\n\r\nall the rest',
    'http10': 'HTTP/1.0 200 OK\r\nX-Style: old\r\n\r\nold style',
    'no-reason': 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok',
    'own-reason': 'HTTP/1.1 200 Alles Gut\r\nContent-Length: 2\r\n\r\nok',
    'odd-status': 'HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n',
    'newlines': 'HTTP/1.1 200 OK\nX-A: 1\nContent-Length: 2\n\nok',
    'continue': 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    'hints': 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    'headers': 'HTTP/1.1 200 OK\r\nx-lower: a\r\nX-Twice: 1\r\nX-Twice: 2\r\nX-Empty:\r\nX-Space:   b c  \r\nX_Under: u\r\nContent-Length: 0\r\n\r\n',
    'folded': 'HTTP/1.1 200 OK\r\nX-Long: one\r\n two\r\nContent-Length: 0\r\n\r\n',
    'trailer': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n',
    'cookies': 'HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/; HttpOnly\r\nSet-Cookie: b="two words"; Max-Age=60; Secure; SameSite=Lax\r\nContent-Length: 0\r\n\r\n',
    'no-length-204': 'HTTP/1.1 204 No Content\r\n\r\n',
    'length-204': 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n',
    'length-304': 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
    'no-location': 'HTTP/1.1 302 Found\r\nContent-Length: 4\r\n\r\nhere',
    'bad-location': 'HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n',
    'scheme-location': 'HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/x\r\nContent-Length: 0\r\n\r\n',
}
hanging = 0     # requests that have been read and never get an answer
connections = 0


class Client:
    """One connection: reads requests and does what their paths ask."""

    def __init__(self, reader, writer, number):
        self.reader, self.writer, self.number, self.served = reader, writer, number, 0

    async def serve(self):
        try:
            while await self.one():
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError):
            pass
        finally:
            self.writer.close()

    async def one(self):
        head = (await self.reader.readuntil(b'\r\n\r\n')).decode('latin-1').split('\r\n')
        self.method, target, _ = head[0].split(' ', 2)
        self.headers = [tuple(line.split(': ', 1)) if ': ' in line else (line.rstrip(':'), '') for line in head[1:] if line]
        known = {k.lower(): v for k, v in self.headers}
        if known.get('transfer-encoding') == 'chunked':
            self.body = b''
            while n := int(await self.reader.readline(), 16):
                self.body += await self.reader.readexactly(n)
                await self.reader.readline()
            await self.reader.readline()
        else:
            self.body = await self.reader.readexactly(int(known.get('content-length', 0)))
        self.served += 1
        url = urlsplit(target)
        self.target, self.query = target, dict(parse_qsl(url.query))
        words = url.path.strip('/').split('/')
        if words[0] in RAW:
            answer = RAW[words[0]]
            if self.method == 'HEAD' and 'HTTP' in answer:  # as far as the end of its last header
                answer = answer[:re.compile('.*HTTP.*?(\r?\n){2}|', re.S).match(answer).end()] or answer
            self.writer.write(answer.encode())
            await self.writer.drain()
            return self.method == 'HEAD' and answer.endswith('\n')
        do = getattr(self, 'do_' + words[0].replace('-', '_'), None)
        if not do:
            await self.answer(404, b'no such page\n')
            return True
        return await do(*words[1:]) is not False

    def head(self, status, *lines):
        self.writer.write('\r\n'.join([f'HTTP/1.1 {status} {REASONS.get(status, "")}', *lines, '', '']).encode())
        return self.method != 'HEAD'  # true: the body is to follow

    async def answer(self, status, body=b'', *lines):
        body = b'' if status in (204, 304) else body
        if self.head(status, f'Content-Length: {len(body)}', 'Content-Type: text/plain', *lines):
            self.writer.write(body)
        await self.writer.drain()

    async def pause(self):
        await asyncio.sleep(float(self.query.get('ms', 0)) / 1000)

    def reset(self):
        self.writer.get_extra_info('socket').setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.writer.transport.abort()
        return False

    async def do_ok(self, *rest):
        await self.answer(200, b'hello\n')

    async def do_status(self, code):
        await self.answer(int(code), f'status {code}\n'.encode())

    async def do_echo(self, *rest):
        lines = sorted(f'{k}: {v}' for k, v in self.headers)
        await self.answer(200, f'{self.method} {self.target}\n{chr(10).join(lines)}\n\n'.encode() + self.body)

    async def do_slow(self):
        await self.pause()
        await self.answer(200, b'late\n')

    async def do_slow_body(self):
        if not self.head(200, 'Content-Length: 10'):
            return
        self.writer.write(b'01234')
        await self.writer.drain()
        await self.pause()
        self.writer.write(b'56789')
        await self.writer.drain()

    async def do_hang(self):
        """No answer; the client must go away."""
        global hanging
        hanging += 1
        try:
            if 'body' in self.query:
                self.head(200, 'Content-Length: 10')
                self.writer.write(b'01234')
            await self.reader.read()
        finally:
            hanging -= 1
        return False

    async def do_hanging(self):
        await self.answer(200, str(hanging).encode())

    async def do_gather(self, n):
        """Answers when n requests are here at once."""
        self.gathered.append(event := asyncio.Event())
        if len(self.gathered) == int(n):
            for e in self.gathered:
                e.set()
            self.gathered.clear()
        await event.wait()
        await self.answer(200, b'together\n')

    gathered = []

    async def do_connection(self):
        await self.answer(200, f'connection {self.number}, request {self.served}\n'.encode())

    async def do_close_after(self):
        await self.answer(200, b'bye\n', 'Connection: close')
        return False

    async def do_drop_after(self):
        """An answer that promises to keep the connection, which is then closed."""
        await self.answer(200, b'ok\n')
        return False

    async def do_close(self):
        return False

    async def do_reset(self):
        return self.reset()

    async def do_reset_body(self):
        if not self.head(200, 'Content-Length: 10'):
            return self.reset()
        self.writer.write(b'01234')
        await self.writer.drain()
        await asyncio.sleep(0.05)
        return self.reset()

    async def do_redirect(self, n='', to=''):
        code = int(self.query.get('code', 302))
        where = self.query.get('to') or (f'/redirect/{int(n) - 1}?code={code}' if int(n or 0) > 1 else '/echo')
        await self.answer(code, b'moved\n', f'Location: {where}')

    async def do_loop(self):
        await self.answer(302, b'', 'Location: /loop')

    async def do_chunked(self):
        if not self.head(200, 'Transfer-Encoding: chunked'):
            return
        for i in range(int(self.query.get('n', 3))):
            part = f'part {i}\n'.encode()
            self.writer.write(b'%x\r\n%s\r\n' % (len(part), part))
            await self.writer.drain()
            await self.pause()
        self.writer.write(b'0\r\n\r\n')
        await self.writer.drain()

    async def do_large(self):
        n = int(self.query['n'])
        if not self.head(200, f'Content-Length: {n}'):
            return
        block = bytes(range(256)) * 256
        while n > 0:
            self.writer.write(block[:n])
            await self.writer.drain()
            n -= len(block)

    async def do_gzip(self):
        body = gzip.compress(b'packed and unpacked\n' * 10, mtime=0)
        accepts = any(k.lower() == 'accept-encoding' and 'gzip' in v for k, v in self.headers)
        await self.answer(200, body if accepts else b'plain\n', *(['Content-Encoding: gzip'] if accepts else []))


def context(name):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(os.path.join(HERE, name + '.pem'))
    c.set_alpn_protocols(['http/1.1'])
    return c


async def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    async def connected(reader, writer):
        global connections
        connections += 1
        await Client(reader, writer, connections).serve()

    async def hasty(reader, writer):
        writer.write(b'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
        await reader.read(1)
        writer.close()

    async def listen(tls=None, serve=connected):
        server = await asyncio.start_server(serve, '127.0.0.1', 0, ssl=tls, backlog=16384)
        return server.sockets[0].getsockname()[1]

    said = {'SERVER': f'http://127.0.0.1:{await listen()}'}
    said['HASTY'] = f'http://127.0.0.1:{await listen(serve=hasty)}'
    for name in ('trusted', 'unknown', 'expired', 'wronghost'):
        said[name.upper()] = f'https://127.0.0.1:{await listen(context(name))}'
    with socket.socket() as s:  # a port that is free, and with nobody behind it
        s.bind(('127.0.0.1', 0))
        said['REFUSED'] = f'http://127.0.0.1:{s.getsockname()[1]}'
        said['SSL_CERT_FILE'] = os.path.join(HERE, 'trusted_ca.pem')
        print('\n'.join(f'{k}={v}' for k, v in said.items()), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


if __name__ == '__main__':
    asyncio.run(main())
