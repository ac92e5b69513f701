"""Seccomp: a child may use the descriptors it has, its own memory and the clock. Everything else is refused.

A filter is classic BPF: a list of (code, jump if true, jump if false, value) that the kernel runs before each call.
What an interpreter may try in good faith gets EPERM; what only an attack does ends the process.
"""

from __future__ import annotations

import os
import struct
import sys
from typing import TYPE_CHECKING, NamedTuple

from dana_sandbox.isolation.kernel import PR_SET_SECCOMP

if TYPE_CHECKING:
    from dana_sandbox.isolation.kernel import Kernel

ALLOW = 0x7FFF0000
REFUSE = 0x00050000 | 1  # the call returns EPERM
KILL = 0x80000000  # the whole process, by SIGSYS

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_PROT_EXEC = 4
_X32_BIT = 0x40000000
_MODE_FILTER = 2
_ANY_PID = 0xFFFFFFFF  # no process has it
_INSTRUCTION = struct.Struct("=HBBI")
_VALUE_SIZE = 4


class Instruction(NamedTuple):
    """One step of a filter."""

    code: int
    if_true: int
    if_false: int
    value: int


class Machine(NamedTuple):
    """What differs between processors: the architecture's mark and the numbers of the calls."""

    architecture: int
    allowed: dict[str, int]
    memory: dict[str, int]
    own_process: dict[str, int]
    deadly: dict[str, int]


def _numbers(text: str) -> dict[str, int]:
    words = text.split()
    return {name: int(number) for name, number in zip(words[::2], words[1::2], strict=True)}


MACHINES: dict[str, Machine] = {
    "x86_64": Machine(
        architecture=0xC000003E,
        allowed=_numbers(
            "read 0 write 1 futex 202 munmap 11 brk 12 madvise 28 mremap 25 readv 19 writev 20 "
            "close 3 fstat 5 poll 7 ppoll 271 rt_sigaction 13 rt_sigprocmask 14 rt_sigreturn 15 sigaltstack 131 "
            "sched_yield 24 nanosleep 35 clock_nanosleep 230 clock_gettime 228 clock_getres 229 gettimeofday 96 "
            "time 201 getrandom 318 getpid 39 gettid 186 getuid 102 geteuid 107 getgid 104 getegid 108 getrusage 98 "
            "times 100 exit 60 exit_group 231 restart_syscall 219"
        ),
        memory=_numbers("mmap 9 mprotect 10"),
        own_process=_numbers("tgkill 234"),
        deadly=_numbers(
            "execve 59 execveat 322 ptrace 101 process_vm_readv 310 process_vm_writev 311 process_madvise 440 bpf 321 "
            "kexec_load 246 kexec_file_load 320 mount 165 umount2 166 pivot_root 155 chroot 161 move_mount 429 "
            "open_tree 428 fsopen 430 fsconfig 431 fsmount 432 fspick 433 mount_setattr 442 init_module 175 "
            "finit_module 313 delete_module 176 unshare 272 setns 308 add_key 248 request_key 249 keyctl 250 "
            "perf_event_open 298 userfaultfd 323 io_uring_setup 425 io_uring_enter 426 io_uring_register 427 kcmp 312 "
            "reboot 169 swapon 167 swapoff 168 iopl 172 ioperm 173 personality 135"
        ),
    ),
    "aarch64": Machine(
        architecture=0xC00000B7,
        allowed=_numbers(
            "read 63 write 64 futex 98 munmap 215 brk 214 madvise 233 mremap 216 readv 65 "
            "writev 66 close 57 fstat 80 ppoll 73 rt_sigaction 134 rt_sigprocmask 135 rt_sigreturn 139 "
            "sigaltstack 132 sched_yield 124 nanosleep 101 clock_nanosleep 115 clock_gettime 113 clock_getres 114 "
            "gettimeofday 169 getrandom 278 getpid 172 gettid 178 getuid 174 geteuid 175 getgid 176 getegid 177 "
            "getrusage 165 times 153 exit 93 exit_group 94 restart_syscall 128"
        ),
        memory=_numbers("mmap 222 mprotect 226"),
        own_process=_numbers("tgkill 131"),
        deadly=_numbers(
            "execve 221 execveat 281 ptrace 117 process_vm_readv 270 process_vm_writev 271 process_madvise 440 bpf 280 "
            "kexec_load 104 kexec_file_load 294 mount 40 umount2 39 pivot_root 41 chroot 51 move_mount 429 "
            "open_tree 428 fsopen 430 fsconfig 431 fsmount 432 fspick 433 mount_setattr 442 init_module 105 "
            "finit_module 273 delete_module 106 unshare 97 setns 268 add_key 217 request_key 218 keyctl 219 "
            "perf_event_open 241 userfaultfd 282 io_uring_setup 425 io_uring_enter 426 io_uring_register 427 kcmp 272 "
            "reboot 142 swapon 224 swapoff 225 personality 92"
        ),
    ),
}


def machine() -> Machine | None:
    """Return the tables of this processor; None where there are none or it runs programs of another width."""
    return MACHINES.get(os.uname().machine) if sys.maxsize > 2**32 else None


def program(tables: Machine, own_pid: int) -> list[Instruction]:
    """Return the filter of the child with this process number.

    Memory is never made executable, and signals go to the process itself only (`abort` needs that).
    """
    steps = [
        Instruction(_LOAD, 0, 0, _ARCHITECTURE),
        Instruction(_JUMP_EQUAL, 1, 0, tables.architecture),
        Instruction(_RETURN, 0, 0, KILL),
        Instruction(_LOAD, 0, 0, _NUMBER),
        Instruction(_JUMP_AT_LEAST, 0, 1, _X32_BIT),  # the same calls under other numbers, or no call at all
        Instruction(_RETURN, 0, 0, KILL),
    ]
    for number in tables.allowed.values():
        steps += _decide(number, [Instruction(_RETURN, 0, 0, ALLOW)])
    for number in tables.memory.values():
        steps += _decide(number, _unless_bit(2, _PROT_EXEC))
    for number in tables.own_process.values():
        steps += _decide(number, _when_equal(0, own_pid))
    for number in tables.deadly.values():
        steps += _decide(number, [Instruction(_RETURN, 0, 0, KILL)])
    return [*steps, Instruction(_RETURN, 0, 0, REFUSE)]


def _decide(number: int, then: list[Instruction]) -> list[Instruction]:
    """The call `number` goes to `then`, which returns; every other one passes over it."""
    return [Instruction(_JUMP_EQUAL, 0, len(then), number), *then]


def _unless_bit(argument: int, bit: int) -> list[Instruction]:
    """Allow unless `bit` is set in the argument; the low half holds all bits that the kernel reads."""
    return [
        Instruction(_LOAD, 0, 0, _ARGUMENTS + 8 * argument),
        Instruction(_JUMP_ANY_BIT, 0, 1, bit),
        Instruction(_RETURN, 0, 0, REFUSE),
        Instruction(_RETURN, 0, 0, ALLOW),
    ]


def _when_equal(argument: int, value: int) -> list[Instruction]:
    """Allow when the argument, an int to the kernel, is `value`."""
    return [
        Instruction(_LOAD, 0, 0, _ARGUMENTS + 8 * argument),
        Instruction(_JUMP_EQUAL, 1, 0, value),
        Instruction(_RETURN, 0, 0, REFUSE),
        Instruction(_RETURN, 0, 0, ALLOW),
    ]


def prepared(tables: Machine) -> tuple[bytes, bytes]:
    """Return the filter as the kernel reads it, cut where the process number goes: every child has its own."""
    steps = program(tables, _ANY_PID)
    place = next(at for at, step in enumerate(steps) if (step.code, step.value) == (_JUMP_EQUAL, _ANY_PID))
    code = b"".join(_INSTRUCTION.pack(*step) for step in steps)
    end = (place + 1) * _INSTRUCTION.size
    return code[: end - _VALUE_SIZE], code[end:]


def prepare() -> tuple[bytes, bytes] | None:
    """Return the filter for this processor, None where it has no table."""
    tables = machine()
    return None if tables is None else prepared(tables)


def confine(kernel: Kernel, parts: tuple[bytes, bytes] | None) -> None:
    """Put a prepared filter on this process, for good. OSError where the kernel or the processor does not know how."""
    if parts is None:
        raise OSError(0, f"no table of system calls for {os.uname().machine}")
    code = os.getpid().to_bytes(_VALUE_SIZE, sys.byteorder).join(parts)
    header = struct.pack("@HP", len(code) // _INSTRUCTION.size, kernel.address_of(code))
    kernel.prctl(PR_SET_SECCOMP, _MODE_FILTER, kernel.address_of(header))
