"""`use("filesystem", root="data")`: files below one folder, and no others.

Every path is opened one part at a time from the root, and no part may be a symbolic link. So `..`, absolute paths,
links, and links put in place between a check and its use all end in an error.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING, Any, ClassVar

from dana_poet.errors import DanaError, DanaValueError, PolicyError
from dana_poet.runtime.resources.base import ShippedResource, field, fields_of, operation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dana_poet.runtime.fields import FieldTable

FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
FILE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


class FileSystemResource(ShippedResource):
    """Files below `root` (default: the working folder). `read_only` refuses changes, `max_file_size` is in bytes.

    `allowed_extensions`, such as `[".txt", ".csv"]`, refuses all others; empty allows every file.
    """

    __slots__ = ("_root",)
    __dana_table__: ClassVar[FieldTable] = fields_of(
        "filesystem",
        "filesystem",
        field("root", str, "."),
        field("root_path", str, ""),
        field("read_only", bool, False),
        field("max_file_size", int, 10 * 1024 * 1024),
        field("allowed_extensions", list, []),
    )
    __dana_type_text__ = "Resource[filesystem]"

    _root: int

    def read(self, path: str) -> str:
        """Return the text of a file (UTF-8)."""
        try:
            return self.read_bytes(path).decode("utf-8")
        except UnicodeDecodeError as error:
            raise DanaValueError(f"file '{path}' is not UTF-8 text", hint="read it with read_bytes(path)") from error

    def read_bytes(self, path: str) -> bytes:
        """Return the content of a file."""
        self._check_extension(path)
        with self._parent(path) as (folder, name), self._errors(path):
            handle = os.open(name, os.O_RDONLY | FILE, dir_fd=folder)
            try:
                self._check_regular(handle, path)
                with os.fdopen(os.dup(handle), "rb") as stream:
                    content = stream.read(self.max_file_size + 1)
            finally:
                os.close(handle)
        self._check_size(len(content), path)
        return content

    def write(self, path: str, content: str | bytes) -> bool:
        """Write a file whole, replacing what it held; missing folders are made. Return true."""
        self._check_change()
        self._check_extension(path)
        data = content.encode() if isinstance(content, str) else bytes(content)
        self._check_size(len(data), path)
        with self._parent(path, make=True) as (folder, name), self._errors(path):
            temporary = f".{name[:100]}.{os.urandom(6).hex()}.tmp"
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | FILE, 0o644, dir_fd=folder)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(data)
                os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary, dir_fd=folder)
                raise
        return True

    def list(self, path: str = ".") -> list[str]:
        """Return the names in a folder, sorted; folders end in `/`."""
        with self._folder(_parts(path), path) as folder:
            return sorted(
                f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name for entry in os.scandir(folder)
            )

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder; links do not count."""
        try:
            return bool(self.info(path))
        except DanaValueError:
            return False

    def info(self, path: str) -> dict[str, Any]:
        """Return `name`, `size` (bytes), `modified` (s since 1970), `is_folder`."""
        with self._parent(path) as (folder, name), self._errors(path):
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if stat.S_ISLNK(found.st_mode):
                raise PolicyError(f"'{path}' is a link, and links are not followed")
        is_folder = stat.S_ISDIR(found.st_mode)
        return {"name": name, "size": found.st_size, "modified": found.st_mtime, "is_folder": is_folder}

    def delete(self, path: str) -> bool:
        """Delete a file. Return true."""
        self._check_change()
        self._check_extension(path)
        with self._parent(path) as (folder, name), self._errors(path):
            os.unlink(name, dir_fd=folder)
        return True

    def query(self, request: Any = None, **_options: Any) -> Any:
        """Answer `read:path`, `write:path:text`, `list:path`, `exists:path`, `info:path`, `delete:path`."""
        verb, given = operation(request, ("read", "write", "list", "exists", "info", "delete"))
        if verb == "write":
            if len(given) < 2:
                raise DanaValueError(f"request {str(request)!r} has no text to write", hint="write:path:text")
            return self.write(given[0], given[1])
        return getattr(self, verb)(":".join(given) or ".")

    read_file = read
    write_file = write
    list_directory = list  # noqa: A003 - the method above
    file_exists = exists

    def _open(self) -> None:
        root = self.root_path or self.root
        if os.open not in os.supports_dir_fd:
            raise DanaError("the filesystem resource needs a system that opens files relative to a folder")
        try:
            # The root itself may be reached over a link; what is below it may not.
            self._root = os.open(os.path.realpath(root), FOLDER)
        except OSError as error:
            raise DanaValueError(f"root '{root}' cannot be opened: {error.strerror}") from error

    def _close(self) -> None:
        os.close(self._root)

    @contextlib.contextmanager
    def _parent(self, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        parts = _parts(path)
        if not parts:
            raise DanaValueError(f"'{path}' names no file")
        with self._folder(parts[:-1], path, make=make) as folder:
            yield folder, parts[-1]

    @contextlib.contextmanager
    def _folder(self, parts: Sequence[str], path: str, *, make: bool = False) -> Iterator[int]:
        self._running()
        handle = os.dup(self._root)
        try:
            for part in parts:
                with self._errors(path):
                    inner = _enter(part, handle, make=make)
                os.close(handle)
                handle = inner
            yield handle
        finally:
            os.close(handle)

    @contextlib.contextmanager
    def _errors(self, path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.EMLINK}:
                raise PolicyError(f"'{path}' passes over a link, and links are not followed") from error
            if error.errno == errno.ENOTDIR:
                raise DanaValueError(f"'{path}' passes over something that is not a folder") from error
            raise DanaValueError(f"'{path}': {error.strerror or error}") from error

    def _check_change(self) -> None:
        if self.read_only:
            raise PolicyError(f"{self._title()} is read-only")

    def _check_extension(self, path: str) -> None:
        allowed = [str(extension).lower().removeprefix(".") for extension in self.allowed_extensions]
        if allowed and str(path).rpartition("/")[2].lower().rpartition(".")[2] not in allowed:
            raise PolicyError(f"'{path}' is not one of the allowed kinds of files: {', '.join(allowed)}")

    def _check_size(self, size: int, path: str) -> None:
        if size > self.max_file_size:
            raise PolicyError(f"'{path}' is larger than max_file_size, {self.max_file_size} bytes")

    @staticmethod
    def _check_regular(handle: int, path: str) -> None:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise DanaValueError(f"'{path}' is not a file")


def _parts(path: str) -> list[str]:
    """Return the parts of a path below the root; PolicyError for one that leads elsewhere."""
    text = str(path)
    if "\0" in text:
        raise PolicyError("a path holds no zero byte")
    parts = [part for part in text.split("/") if part not in {"", "."}]
    if text.startswith("/") or ".." in parts:
        raise PolicyError(f"'{path}' leads out of the root", hint="give the path below the root, without `..`")
    return parts


def _enter(part: str, folder: int, *, make: bool) -> int:
    if make:
        with contextlib.suppress(FileExistsError):
            os.mkdir(part, 0o755, dir_fd=folder)
    try:
        return os.open(part, FOLDER, dir_fd=folder)
    except NotADirectoryError:
        # With O_DIRECTORY Linux says "not a directory" of a link too.
        if stat.S_ISLNK(os.stat(part, dir_fd=folder, follow_symlinks=False).st_mode):
            raise OSError(errno.ELOOP, "is a link") from None
        raise
