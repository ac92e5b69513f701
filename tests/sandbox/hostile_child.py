"""What a program could do that has taken its interpreter over completely: raw calls, from inside a real child.

Loaded by the fork server in place of `dana_sandbox.execute`. A frame names an attack (and its argument); the answer
is what came of it. Only tests start a server with this.
"""

from __future__ import annotations

import _socket
import ctypes
import gc
import json
import mmap
import os
import resource
import select
import signal
import stat
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_sandbox.channel import Channel

_LIBRARY = ctypes.CDLL(None, use_errno=True)
_CALLS = {
    "x86_64": {"ptrace": 101, "process_vm_readv": 310, "execve": 59, "memfd_create": 319, "mount": 165, "bpf": 321},
    "aarch64": {"ptrace": 117, "process_vm_readv": 270, "execve": 221, "memfd_create": 279, "mount": 40, "bpf": 280},
}
_PAGE = 4096
_warm: list[int] = []
_NUMBERS = _CALLS[os.uname().machine]


def _raw(name: str, *values: int) -> int:
    number = _NUMBERS[name]
    return _checked(_LIBRARY.syscall(number, *(ctypes.c_long(value) for value in values)))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def _prctl(option: int, value: int) -> int:
    return _checked(_LIBRARY.prctl(option, value, 0, 0, 0))


def _fork() -> int:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return pid


def _raise_limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _executable_memory() -> None:
    mmap.mmap(-1, _PAGE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)


def _make_executable() -> None:
    memory = mmap.mmap(-1, _PAGE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    library: Any = _LIBRARY
    library.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    _checked(library.mprotect(address, _PAGE, mmap.PROT_READ | mmap.PROT_EXEC))


def _socket_of(family: int, kind: int) -> str:
    return str(_socket.socket(family, kind).fileno())


def _connect() -> None:
    _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM).connect(("127.0.0.1", 9))


def _abstract(name: str) -> None:
    _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM).connect("\0" + name)


def _look() -> dict[str, Any]:
    """What a child has; only used with layers off, or for what needs no files."""
    return {
        "descriptors": [fd for fd in range(1024) if _is_open(fd)],
        "environment": dict(os.environ),
        "modules": sorted(sys.modules),
        "path": sys.path,
        "arguments": [*sys.argv, *sys.orig_argv],
        "zone": [time.tzname[0], time.localtime(0).tm_hour],
        "user": [os.getuid(), os.geteuid(), os.getgid(), os.getegid()],
        "warm": [pid == os.getpid() for pid in _warm],
        "frozen": gc.get_freeze_count() > 0,
    }


def _is_open(fd: int) -> bool:
    events = select.poll()
    events.register(fd, select.POLLOUT)
    return events.poll(0) != [(fd, select.POLLNVAL)]


def _kinds() -> list[list[int]]:
    return [[stat.S_IFMT(os.fstat(fd).st_mode), os.fstat(fd).st_rdev] for fd in range(5)]


def _folder() -> list[Any]:
    mask = os.umask(0)
    return [os.getcwd(), mask]  # noqa: PTH109


def _limits() -> dict[str, list[int]]:
    kinds = ("AS", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE", "STACK")
    return {kind: list(resource.getrlimit(getattr(resource, f"RLIMIT_{kind}"))) for kind in kinds}


def _allocate(mib: int) -> str:
    kept = bytearray(mib * 1024 * 1024)
    return f"got {len(kept)}"


def _exhaust() -> None:
    kept: list[bytes] = []
    while True:
        kept.append(b"x" * 4096)


def _crash() -> None:
    ctypes.string_at(0)


def _spin() -> None:
    while True:
        pass


def _sleep() -> None:
    time.sleep(3600)


def _stop_self() -> None:
    _LIBRARY["raise"](signal.SIGSTOP)
    _spin()


def _stubborn() -> None:
    """Ignore what may be ignored."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXCPU):
        signal.signal(number, signal.SIG_IGN)
    _spin()


ATTACKS: dict[str, Callable[..., Any]] = {
    "open": lambda path: os.open(path, os.O_RDONLY),
    "write file": lambda path: os.open(path, os.O_CREAT | os.O_WRONLY),
    "unlink": os.unlink,
    "make folder": os.mkdir,
    "truncate": lambda path: os.truncate(path, 0),
    "list folder": os.listdir,
    "chmod": lambda path: os.chmod(path, 0o777),  # noqa: S103, PTH101
    "socket": lambda: _socket_of(_socket.AF_INET, _socket.SOCK_STREAM),
    "datagram socket": lambda: _socket_of(_socket.AF_INET, _socket.SOCK_DGRAM),
    "unix socket": lambda: _socket_of(_socket.AF_UNIX, _socket.SOCK_STREAM),
    "connect": _connect,
    "abstract": _abstract,
    "fork": _fork,
    "vfork": _LIBRARY.vfork,
    "thread": lambda: __import__("_thread").start_new_thread(lambda: None, ()),
    "execute": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
    "kill parent": lambda: os.kill(os.getppid(), signal.SIGTERM),
    "kill host": lambda pid: os.kill(pid, 0),
    "ptrace": lambda: _raw("ptrace", 16, os.getppid(), 0, 0),
    "read memory": lambda: _raw("process_vm_readv", os.getppid(), 0, 0, 0, 0, 0),
    "memory file": lambda: _raw("memfd_create", 0, 0),
    "mount": lambda: _raw("mount", 0, 0, 0, 0, 0),
    "bpf": lambda: _raw("bpf", 0, 0, 0),
    "raise limits": _raise_limits,
    "limits of others": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0)),
    "dumpable": lambda: _prctl(4, 1),
    "forget parent": lambda: _prctl(1, 0),
    "become root": lambda: os.setuid(0),
    "change root": lambda: os.chroot("/"),
    "duplicate": lambda: os.dup(0),
    "pipe": os.pipe,
    "executable memory": _executable_memory,
    "make executable": _make_executable,
    "new session": os.setsid,
    "look": _look,
    "kinds": _kinds,
    "folder": _folder,
    "limits": _limits,
    "allocate": _allocate,
    "exhaust": _exhaust,
    "crash": _crash,
    "abort": os.abort,
    "spin": _spin,
    "sleep": _sleep,
    "stop self": _stop_self,
    "stubborn": _stubborn,
    "exit": os._exit,
    "echo": lambda value: value,
    "pid": os.getpid,
    "long": lambda size: "x" * size,
    "random": lambda: os.urandom(8).hex(),
    "write limit": lambda: os.write(1, b"x" * 100),
    "collect": lambda: gc.collect() >= 0,
    "hash": hash,
}


def warm_up() -> None:
    """Note who was warmed up: the server, and children that waited for their lease."""
    _warm.append(os.getpid())


def serve(channel: Channel) -> None:
    """Do what the host's frames say, and say what came of it."""
    raw = {"flood": _flood, "garbage": _garbage, "huge length": _huge_length, "close": _close, "drip": _drip}
    while True:
        name, *arguments = json.loads(channel.receive(1 << 24))
        if name in raw:
            raw[name](channel)
            continue
        try:
            answer: dict[str, Any] = {"result": ATTACKS[name](*arguments)}
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - the test judges what came of it
            answer = {"error": type(error).__name__, "errno": getattr(error, "errno", None), "message": str(error)}
        channel.send(json.dumps(answer, default=str).encode())


def _flood(channel: Channel) -> None:
    while True:
        os.write(channel.write_fd, b"\0\0\0\1x" * 10_000)


def _garbage(channel: Channel) -> None:
    os.write(channel.write_fd, b"\xff\x00garbage" * 50)
    _sleep()


def _huge_length(channel: Channel) -> None:
    os.write(channel.write_fd, b"\xff\xff\xff\xff")
    _sleep()


def _drip(channel: Channel) -> None:
    os.write(channel.write_fd, (1_000_000).to_bytes(4, "big"))
    while True:
        os.write(channel.write_fd, b"x")


def _close(channel: Channel) -> None:
    os.close(channel.read_fd)
    _sleep()
