"""Compiled programs on disk: `__danacache__/NAME.KEY.danac`, found by content, safe to delete.

The key covers the text, its path, the Python version and the version of dana-poet. A file that is damaged, that belongs
to another user, or that something else wrote is ignored and written anew.
"""

from __future__ import annotations

import marshal
import os
import sys
from typing import TYPE_CHECKING, Any

from dana_poet.version import __version__

if TYPE_CHECKING:
    from types import CodeType

FOLDER = "__danacache__"
MAGIC = b"danac1\n"


def key_of(text: bytes, file: str) -> str:
    """Return the key under which the code of a text is kept."""
    digest = _digest()
    digest.update(f"{__version__}\0{sys.implementation.cache_tag}\0{sys.version}\0{file}\0".encode("utf-8", "surrogatepass"))
    digest.update(text)
    key: str = digest.hexdigest()
    return key


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
        code = marshal.loads(body)
    except (EOFError, ValueError, TypeError):
        return None
    return code if type(code) is type(key_of.__code__) else None


def save(file: str, key: str, code: CodeType) -> None:
    """Keep code for the next run. A folder that cannot be written is no error: the next run compiles again."""
    path = path_of(file, key)
    body = marshal.dumps(code)
    digest = _digest()
    digest.update(body)
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        _drop_older(path)
        with open(temporary, "wb") as stream:
            stream.write(MAGIC + key.encode() + b"\n" + digest.digest() + body)
        os.replace(temporary, path)
    except OSError:
        try:
            os.unlink(temporary)
        except OSError:
            return


def _drop_older(path: str) -> None:
    """Remove what was kept for earlier contents of the same file."""
    folder, name = os.path.split(path)
    stem = name.rsplit(".", 2)[0]
    for other in os.listdir(folder):
        if other.endswith(".danac") and other.rsplit(".", 2)[0] == stem and other != name:
            os.unlink(os.path.join(folder, other))
