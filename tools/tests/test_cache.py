"""Locks and things built once: what survives a kill, and what does not."""

import os
import signal
import subprocess
import sys

from tools import cache, project
from tools.tests.common import ScratchCase

HOLD = """
import sys, time
from pathlib import Path
from tools import cache
with cache.lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


class TestLock(ScratchCase):
    def test_a_held_lock_is_busy_and_a_killed_holder_does_not_count(self):
        path = self.scratch / "a.lock"
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD, path],
            cwd=project.ROOT,
            stdout=subprocess.PIPE,
        )
        self.addCleanup(holder.stdout.close)
        self.assertEqual(holder.stdout.readline(), b"held\n")
        self.assertTrue(cache.is_locked(path))
        with self.assertRaises(cache.Busy), cache.lock(path, wait=False):
            pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        self.assertFalse(cache.is_locked(path))

    def test_shared_locks_go_together(self):
        path = self.scratch / "a.lock"
        with (
            cache.lock(path, shared=True),
            cache.lock(path, shared=True, wait=False),
            self.assertRaises(cache.Busy),
            cache.lock(path, wait=False),
        ):
            pass


class TestBuildOnce(ScratchCase):
    def build(self, folder):
        (folder / "content").write_text("done")
        self.built += 1
        return f"build {self.built}"

    def setUp(self):
        super().setUp()
        self.built = 0
        self.folder = self.scratch / "thing"

    def test_it_is_built_once(self):
        for _ in range(2):
            cache.build_once(self.folder, self.build, why="building")
        self.assertEqual(self.built, 1)
        self.assertEqual(cache.description(self.folder), "build 1")

    def test_what_an_interrupted_build_left_is_thrown_away(self):
        self.write("thing/rest", "half")
        cache.build_once(self.folder, self.build, why="building")
        self.assertFalse((self.folder / "rest").exists())
        self.assertTrue(cache.is_complete(self.folder))

    def test_a_failed_build_is_not_complete(self):
        def fail(folder):
            raise ValueError

        with self.assertRaises(ValueError):
            cache.build_once(self.folder, fail, why="building")
        self.assertFalse(cache.is_complete(self.folder))


class TestChecksum(ScratchCase):
    def test_a_changed_download_is_recognised(self):
        file = self.write("odoo.deb", "package")
        self.assertFalse(cache.verified(file), "nothing is recorded of it")
        cache.record_checksum(file)
        self.assertTrue(cache.verified(file))
        file.write_text("something else")
        self.assertFalse(cache.verified(file))
