"""Resources that live in this process: `memory`, `config` and `cache`."""

from __future__ import annotations

import threading
from collections import OrderedDict
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from dana_poet.errors import DanaValueError
from dana_poet.runtime.fields import did_you_mean
from dana_poet.runtime.resources.base import ShippedResource, field, fields_of, operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.runtime.fields import FieldTable


class MemoryResource(ShippedResource):
    """`use("memory")`: values by key, for as long as the program runs.

    >>> notes = MemoryResource()
    >>> notes.remember("colour", "blue"), notes.recall("colour"), notes.query("blue")
    (True, 'blue', {'colour': 'blue'})
    """

    __slots__ = ("_held",)
    __dana_table__: ClassVar[FieldTable] = fields_of("memory", "memory")
    __dana_type_text__ = "Resource[memory]"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held: dict[Any, Any] = {}

    @property
    def _values(self) -> dict[Any, Any]:
        self._running()
        return self._held

    def remember(self, key: Any, value: Any) -> bool:
        """Keep a value under a key. Return true."""
        self._values[key] = value
        return True

    def recall(self, key: Any, default: Any = None) -> Any:
        """Return the value under a key, `default` when there is none."""
        return self._values.get(key, default)

    def forget(self, key: Any) -> bool:
        """Drop a key. Return whether it was there."""
        return self._values.pop(key, self) is not self

    def keys(self) -> list[Any]:
        """Return all keys, oldest first."""
        return list(self._values)

    def query(self, request: Any = None, **_options: Any) -> dict[Any, Any]:
        """Return the pairs in whose key or value the text of the request occurs; all without one."""
        text = "" if request is None else str(request).lower()
        pairs = self._values.items()
        return {key: value for key, value in pairs if text in str(key).lower() or text in str(value).lower()}


class ConfigResource(ShippedResource):
    """`use("config", values={...})` or `use("config", path="settings.toml")`: settings by dotted key.

    The file is JSON or TOML and is read when the resource starts; keys of `values` come before those of the file.

    >>> ConfigResource(values={"db": {"port": 5432}}).get("db.port")
    5432
    """

    __slots__ = ("_read",)
    __dana_table__: ClassVar[FieldTable] = fields_of(
        "config", "config", field("values", dict, {}), field("path", str, "")
    )
    __dana_type_text__ = "Resource[config]"

    _read: dict[str, Any]

    @property
    def _settings(self) -> dict[str, Any]:
        self._running()
        return self._read

    def get(self, key: str, default: Any = None) -> Any:
        """Return a setting, `default` when it is not set."""
        value: Any = self._settings
        for part in str(key).split("."):
            if not isinstance(value, dict) or part not in value:
                return default
            value = value[part]
        return value

    def query(self, request: Any = None, **_options: Any) -> Any:
        """Return a setting; DanaValueError when it is not set. Without a request all settings."""
        if request is None:
            return dict(self._settings)
        missing = object()
        value = self.get(str(request), missing)
        if value is missing:
            raise DanaValueError(
                f"{self._title()} has no setting '{request}'", hint=did_you_mean(str(request), self.keys())
            )
        return value

    def keys(self) -> list[str]:
        """Return all keys, dotted, sorted."""
        return sorted(_dotted(self._settings, ""))

    def _open(self) -> None:
        from_file = _read_settings(self.path) if self.path else {}
        self._read = _merged(from_file, self.values)


def _read_settings(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except OSError as error:
        raise DanaValueError(f"settings file '{path}' cannot be read: {error.strerror or error}") from error
    try:
        if path.endswith(".toml"):
            import tomllib

            return tomllib.loads(content.decode())
        import json

        settings = json.loads(content)
    except ValueError as error:
        raise DanaValueError(f"settings file '{path}' is not valid: {error}") from error
    if not isinstance(settings, dict):
        raise DanaValueError(f"settings file '{path}' holds no object of settings")
    return settings


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merged(merged[key], value) if both else value
    return merged


def _dotted(settings: dict[str, Any], before: str) -> list[str]:
    keys = []
    for key, value in settings.items():
        keys.extend(_dotted(value, f"{before}{key}.") if isinstance(value, dict) else [f"{before}{key}"])
    return keys


class CacheResource(ShippedResource):
    """`use("cache", max_size=100, ttl_seconds=3600)`: values that expire; the least recently used goes first.

    >>> cache = CacheResource(max_size=2)
    >>> cache.set("a", 1), cache.get("a"), cache.get("b")
    (True, 1, None)
    """

    __slots__ = ("_clock", "_counts", "_items", "_lock")
    __dana_table__: ClassVar[FieldTable] = fields_of(
        "cache", "cache", field("max_size", int, 100), field("ttl_seconds", float, 3600.0)
    )
    __dana_type_text__ = "Resource[cache]"

    def __init__(self, *args: Any, _clock: Callable[[], float] = monotonic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_size < 1 or self.ttl_seconds <= 0:
            raise DanaValueError("cache takes max_size of at least 1 and ttl_seconds above 0")
        self._clock = _clock
        self._lock = threading.Lock()
        self._items: OrderedDict[Any, tuple[Any, float]] = OrderedDict()
        self._counts = {"hits": 0, "misses": 0}

    def set(self, key: Any, value: Any, ttl_seconds: float | None = None) -> bool:
        """Keep a value, for `ttl_seconds` when given. Return true."""
        self._running()
        lasting = self.ttl_seconds if ttl_seconds is None else ttl_seconds
        with self._lock:
            self._items.pop(key, None)
            self._items[key] = (value, self._clock() + lasting)
            while len(self._items) > self.max_size:
                self._items.popitem(last=False)
        return True

    def get(self, key: Any, default: Any = None) -> Any:
        """Return a value, `default` when it is not there or expired."""
        self._running()
        with self._lock:
            value, until = self._items.get(key, (default, None))
            if until is not None and until <= self._clock():
                del self._items[key]
                value, until = default, None
            self._counts["misses" if until is None else "hits"] += 1
            if until is not None:
                self._items.move_to_end(key)
            return value

    def delete(self, key: Any) -> bool:
        """Drop a key. Return whether it was there."""
        self._running()
        with self._lock:
            return self._items.pop(key, None) is not None

    def clear(self) -> bool:
        """Drop everything. Return true."""
        with self._lock:
            self._items.clear()
        return True

    def get_stats(self) -> dict[str, Any]:
        """Return `name`, `state`, `max_size`, `ttl_seconds`, `items`, `hits`, `misses`."""
        with self._lock:
            now = self._clock()
            items = sum(until > now for _, until in self._items.values())
            return {
                "name": self.name, "state": self.state, "max_size": self.max_size, "ttl_seconds": self.ttl_seconds,
                "items": items, **self._counts,
            }  # fmt: skip

    def query(self, request: Any = None, **_options: Any) -> Any:
        """Answer `get:key`, `set:key:value`, `delete:key`."""
        verb, given = operation(request, ("get", "set", "delete"))
        needed = 2 if verb == "set" else 1
        if len(given) < needed:
            raise DanaValueError(
                f"request {str(request)!r} is not complete", hint="get:key, set:key:value or delete:key"
            )
        if verb == "set":
            return self.set(given[0], given[1])
        key = ":".join(given)
        return self.get(key) if verb == "get" else self.delete(key)
