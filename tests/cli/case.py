"""What the tests of the command line have in common."""
import os, shutil, subprocess, tempfile, unittest


class Case(unittest.TestCase):
    """A folder of its own for each test, and a short way to call gol in it."""
    binary = None

    def setUp(self):
        self.dir = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.dir)

    def file(self, name, text):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as f:
            f.write(text)
        return path

    def gol(self, *args, stdin='', env=None, timeout=30, prepare=None):
        r = subprocess.run([self.binary, *args], input=stdin, capture_output=True, text=True, cwd=self.dir, timeout=timeout,
                           env={**os.environ, **(env or {})}, preexec_fn=prepare)
        self.out, self.err, self.status = r.stdout, r.stderr, r.returncode
        return r

    def limited(self, limits, code, **env):
        r = subprocess.run(['sh', '-c', f'{limits}; exec "$0" run -', self.binary], input=code, capture_output=True, text=True,
                           timeout=120, env={**os.environ, **env})
        self.out, self.err, self.status = r.stdout, r.stderr, r.returncode

    def expect(self, status=0, out=None, err=None):
        said = f'\nstatus {self.status}\nstdout: {self.out}\nstderr: {self.err}'
        self.assertEqual(self.status, status, said)
        if out is not None:
            self.assertEqual(self.out, out, said)
        if err is not None:
            self.assertIn(err, self.err, said)
        elif status == 0:
            self.assertEqual(self.err, '', said)
