"""What an agent carries besides its fields: identity, memory, conversation, and its saved state.

Loaded only by programs that define agents. Nothing here reads or writes a file unless the agent is persistent.
"""

from __future__ import annotations

import sys
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaError, StateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from weakref import ReferenceType

    from dana_poet.runtime.state import StateFolder

_in_call: ContextVar[frozenset[int]] = ContextVar("dana_agents_in_call", default=frozenset())
"""The agents that have a method running in this context, by `id` of their core."""

_live: dict[tuple[str, str], ReferenceType[Any]] = {}
"""Persistent agents that exist in this process, by folder and agent id."""

_live_lock = threading.Lock()


class AgentCore:
    """The part of an agent that a Dana program reaches only through methods."""

    __slots__ = (
        "conversation", "folder", "given", "id", "last_chat", "lock", "memory", "metrics", "owner", "saved_state", "sessions",
        "unused",
    )  # fmt: skip

    def __init__(self, agent_id: str, folder: StateFolder | None, given: Mapping[str, object]) -> None:
        self.id = agent_id
        self.folder = folder
        self.given = given
        self.owner: Any = None
        self.lock = threading.RLock()
        self.last_chat: threading.Event | None = None
        self.memory: dict[Any, object] = {}
        self.conversation: list[dict[str, str]] = []
        self.sessions = 1
        self.metrics: dict[str, Any] = {
            "is_running": False, "current_step": "idle", "elapsed_time": 0.0, "tokens_per_sec": 0.0,
            "calls": 0, "errors": 0,
        }  # fmt: skip
        self.saved_state: dict[str, Any] = {}
        self.unused: dict[str, Any] = {}

    def run(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a method; save the agent when it is the outermost one and succeeds."""
        busy = _in_call.get()
        if id(self) in busy:
            return function(*args, **kwargs)
        token = _in_call.set(busy | {id(self)})
        try:
            result = function(*args, **kwargs)
        finally:
            _in_call.reset(token)
        self.save()
        return result

    def save(self) -> None:
        """Write the agent's state, memory and conversation to its folder, if it has one."""
        if self.folder is None:
            return
        with self.lock:
            self.saved_state = self._encoded_state()
            self._write()

    def save_conversation(self) -> None:
        """Write memory and conversation, with the state of the last completed method: one may be running now."""
        if self.folder is None:
            return
        with self.lock:
            self._write()

    def keep_memory(self) -> None:
        """Write memory and conversation, unless a method is running: then its completion writes them."""
        if id(self) not in _in_call.get():
            self.save_conversation()

    def restore(self, owner: Any, resolve: Callable[[str], object]) -> None:
        """Become the agent that `owner` is, with everything that was saved under its id.

        A saved field that no longer fits keeps its default, is reported on standard error and stays in the file.
        """
        self.owner = owner
        if self.folder is None:
            return
        _remember_live(self)
        record = self.folder.load(self.id)
        if record is None:
            return
        self.unused = dict(_section(record, "unused"))
        for name, data in (_section(record, "unused") | _section(record, "state")).items():
            self._restore_field(name, data, resolve)
        self._restore_memory(record, resolve)
        self.saved_state = self._encoded_state()

    def _restore_field(self, name: str, data: Any, resolve: Callable[[str], object]) -> None:
        from dana_poet.runtime.encoding import decode

        field = self.owner.__dana_table__.by_name.get(name)
        if field is None or not field.in_state:
            self.unused[name] = data
            return
        try:
            setattr(self.owner, name, decode(data, resolve))
        except DanaError as error:
            self.unused[name] = data
            sys.stderr.write(f"WARNING saved field '{name}' of agent {self.id} is not used: {error}\n")
        else:
            self.unused.pop(name, None)

    def _restore_memory(self, record: dict[str, Any], resolve: Callable[[str], object]) -> None:
        from dana_poet.runtime.encoding import decode

        try:
            self.memory = dict(decode(record.get("memory") or {}, resolve))
            self.conversation = list(decode(record.get("conversation") or [], resolve))
            self.sessions = int(record.get("sessions", 0)) + 1
        except (DanaError, TypeError, ValueError) as error:
            hint = error.hint if isinstance(error, DanaError) else ""
            raise StateError(f"the memory of agent {self.id} cannot be read: {error}", hint=hint) from error

    def _encoded_state(self) -> dict[str, Any]:
        from dana_poet.runtime.encoding import encode

        fields = self.owner.__dana_table__.by_name.values()
        return {
            field.name: encode(getattr(self.owner, field.name), f"state field '{field.name}' of agent {self.id}")
            for field in fields
            if field.in_state
        }

    def _write(self) -> None:
        from dana_poet.runtime.encoding import encode

        assert self.folder is not None
        record = {
            "type": type(self.owner).__name__,
            "given": plain_part(self.given),
            "state": self.saved_state,
            "memory": encode(self.memory, f"the memory of agent {self.id}"),
            "conversation": encode(self.conversation),
            "sessions": self.sessions,
        }
        self.folder.save(self.id, record | ({"unused": self.unused} if self.unused else {}))


def live(folder: StateFolder, agent_id: str) -> Any:
    """Return the persistent agent with this id that exists in this process, or None."""
    with _live_lock:
        reference = _live.get((folder.path, agent_id))
    return reference() if reference is not None else None


def _remember_live(core: AgentCore) -> None:
    from weakref import ref

    assert core.folder is not None
    key = (core.folder.path, core.id)

    def forget(dead: object) -> None:
        if _live.get(key) is dead:
            _live.pop(key, None)

    with _live_lock:
        _live[key] = ref(core.owner, forget)


def plain_part(given: Mapping[str, object]) -> dict[str, Any]:
    """Return the construction arguments that can be saved, encoded; the others are left out."""
    from dana_poet.runtime.encoding import encode

    plain = {}
    for name, value in given.items():
        try:
            plain[name] = encode(value)
        except StateError:
            continue
    return plain


def base_id(type_name: str, given: Mapping[str, object]) -> str:
    """Return what the id of a persistent agent begins with: its `name`, else a digest of how it was made."""
    name = given.get("name")
    if type(name) is str and name:
        return f"{type_name}.{name}"
    if not given:
        return type_name
    import hashlib
    import json

    made = json.dumps([sorted(given), plain_part(given)], sort_keys=True)
    return f"{type_name}-{hashlib.sha256(made.encode()).hexdigest()[:8]}"


def _section(record: dict[str, Any], name: str) -> dict[str, Any]:
    section = record.get(name)
    return section if isinstance(section, dict) else {}
