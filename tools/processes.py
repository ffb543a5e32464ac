"""Starting programs so that none of them outlives us."""

from __future__ import annotations

import ctypes
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from .console import Problem, tail

PR_SET_PDEATHSIG = 1

try:
    _prctl = ctypes.CDLL(None, use_errno=True).prctl
except (AttributeError, OSError):  # not Linux
    _prctl = None


def catch_signals() -> None:
    """Turn the first request to stop into KeyboardInterrupt; ignore the impatient ones.

    What stops us must also stop what we started, so a second Ctrl-C may not cut
    the cleaning up short; each stop has its own time limit.
    """

    def handler(signum: int, _frame: object) -> None:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        raise KeyboardInterrupt(signum)

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, handler)


def _child_setup() -> None:
    """Die with the parent, even when that is killed with no chance to clean up."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_DFL)
    if _prctl:
        _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(
    command: Sequence[str | os.PathLike],
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen:
    """Start a program in a process group of its own, so that it can be stopped whole.

    To be called from the main thread: the kernel tells the child of the death of
    the *thread* that started it.
    """
    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            [os.fspath(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            env=env,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_child_setup,
        )
    except FileNotFoundError as error:
        raise Problem(f"{command[0]} is not installed", str(error)) from error
    finally:
        if output:
            output.close()


def stop(process: subprocess.Popen, patience: float = 15.0) -> None:
    """End a program and all it started: politely, then not."""
    if process.poll() is None:
        _signal_group(process, signal.SIGTERM)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            pass
    _signal_group(process, signal.SIGKILL)
    process.wait()


def _signal_group(process: subprocess.Popen, signum: int) -> None:
    try:
        os.killpg(process.pid, signum)
    except (ProcessLookupError, PermissionError):
        pass


def run(
    command: Sequence[str | os.PathLike],
    *,
    what: str,
    log: Path,
    todo: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run a program to its end, its output in a log; a failure is a Problem."""
    status = run_status(command, log=log, env=env, cwd=cwd)
    if status:
        raise Problem(what, tail(log), todo, log)


def run_status(
    command: Sequence[str | os.PathLike],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> int:
    """Run a program to its end, its output in a log; return its exit status."""
    log.parent.mkdir(parents=True, exist_ok=True)
    words = " ".join(shlex.quote(os.fspath(word)) for word in command)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {words}\n")
    process = start(command, log=log, env=env, cwd=cwd)
    try:
        return process.wait()
    finally:
        stop(process)


def output(
    command: Sequence[str | os.PathLike], env: Mapping[str, str] | None = None
) -> str | None:
    """What a program prints, or None if it fails or is not there."""
    try:
        done = subprocess.run(
            [os.fspath(word) for word in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=env,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout


def foreground(
    command: Sequence[str | os.PathLike],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> int:
    """Hand the terminal to an interactive program; Ctrl-C is that program's."""
    sys.stdout.flush()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = subprocess.Popen(
        [os.fspath(word) for word in command],
        env=env,
        cwd=cwd,
        preexec_fn=_child_setup,
    )
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        if process.poll() is None:
            process.terminate()
            process.wait()


def alive(pid: int) -> bool:
    """Whether a process of that id exists."""
    return Path(f"/proc/{pid}").exists()


def wait_for(condition, seconds: float, pause: float = 0.1) -> bool:
    """Wait until the condition holds; False when it did not in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True
