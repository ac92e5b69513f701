"""Compiled programs on disk: `__danacache__/NAME.KEY.danac`, found by content, safe to delete.

The key covers the text, its path, the Python version, and the version and build of dana-poet. A file that is damaged,
that belongs to another user, or that something else wrote is ignored and written anew.
"""

from __future__ import annotations

import marshal
import os
import sys
from time import time
from typing import TYPE_CHECKING, Any

from dana_poet.version import __version__

if TYPE_CHECKING:
    from types import CodeType

FOLDER = "__danacache__"
MAGIC = b"danac1\n"
ABANDONED_SECONDS = 600
"""A file that is still being written after this time was left by a process that died."""


_builds: list[str] = []


def key_of(text: bytes, file: str) -> str:
    """Return the key under which the code of a text is kept."""
    digest = _digest()
    _builds[:] = _builds or [_build()]  # the same while this process runs
    about = f"{__version__}\0{_builds[0]}\0{sys.implementation.cache_tag}\0{sys.version}\0{file}\0"
    digest.update(about.encode("utf-8", "surrogatepass"))
    digest.update(text)
    key: str = digest.hexdigest()
    return key


def _build() -> str:
    """Return what changes when the translation to Python is edited without a new version, as in a checkout."""
    import dana_grammar

    newest = 0
    root = os.path.dirname(dana_grammar.__file__)
    for folder in (root, os.path.join(root, "to_python")):
        try:
            newest = max(
                newest, *(entry.stat().st_mtime_ns for entry in os.scandir(folder) if entry.name.endswith(".py"))
            )
        except (OSError, TypeError):
            return "no files"  # installed in an archive, which is never edited
    return str(newest)


def _digest() -> Any:
    from _blake2 import blake2b  # hashlib itself loads OpenSSL, which costs more than everything else here

    return blake2b(digest_size=16)


def path_of(file: str, key: str) -> str:
    """Return where the code of a file is kept."""
    folder, name = os.path.split(file)
    return os.path.join(folder, FOLDER, f"{name.removesuffix('.na')}.{key[:16]}.danac")


def load(file: str, key: str) -> CodeType | None:
    """Return the kept code, or None when there is none that can be trusted."""
    path = path_of(file, key)
    try:
        with open(path, "rb") as stream:
            if hasattr(os, "getuid") and os.fstat(stream.fileno()).st_uid != os.getuid():
                return None
            data = stream.read()
    except OSError:
        return None
    head = MAGIC + key.encode() + b"\n"
    body = data[len(head) + 16 :]
    digest = _digest()
    digest.update(body)
    if not data.startswith(head) or data[len(head) : len(head) + 16] != digest.digest():
        return None
    try:
        code = marshal.loads(body)  # noqa: S302 - this user's own file, and it is what was written
    except (EOFError, ValueError, TypeError):
        return None
    return code if type(code) is type(key_of.__code__) else None


def save(file: str, key: str, code: CodeType) -> None:
    """Keep code for the next run. A folder that cannot be written is no error: the next run compiles again.

    The file appears whole or not at all: it is written beside its place and moved there.
    """
    from _thread import get_ident

    path = path_of(file, key)
    body = marshal.dumps(code)
    digest = _digest()
    digest.update(body)
    temporary = f"{path}.{os.getpid()}.{get_ident()}.tmp"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "wb") as stream:
            stream.write(MAGIC + key.encode() + b"\n" + digest.digest() + body)
        os.replace(temporary, path)
        _tidy(path)
    except OSError:
        _remove(temporary)


def _tidy(path: str) -> None:
    """Remove what was kept for earlier contents of the same file, and what processes left that died while writing."""
    folder, name = os.path.split(path)
    stem = name.rsplit(".", 2)[0]
    for other in os.listdir(folder):
        kept = os.path.join(folder, other)
        if other.endswith(".danac"):
            if other.rsplit(".", 2)[0] == stem and other != name:
                _remove(kept)
        elif other.endswith(".tmp") and _age(kept) > ABANDONED_SECONDS:
            _remove(kept)


def _age(path: str) -> float:
    try:
        return time() - os.stat(path).st_mtime
    except OSError:
        return 0.0


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return  # another process was faster, or the folder cannot be written
