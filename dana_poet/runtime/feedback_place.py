"""Which store of events feedback belongs to when the program that gives it keeps none itself: that of the execution."""

from __future__ import annotations

import contextlib
import os
import sys
from collections import OrderedDict
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dana_poet.runtime import event_bridge, place, state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_poet.runtime.event_values import Event

FOLDER = ".poet"
REMEMBERED = 1000
_known: OrderedDict[str, str] = OrderedDict()
"""The folder in which executions of one function in one process were found, by what their ids have in common."""


def tell(event: Event, execution_ids: tuple[str, ...]) -> None:
    """Put feedback into the store that has its execution, else into the nearest store there is; nothing is created.

    StateError where there is a store and the payload is not plain data. Nothing else fails: learning from feedback is
    nothing that its giver waits for.
    """
    folder = None
    with _told():
        folder = folder_of(execution_ids[0])
    if folder is None:
        return
    payload = event_bridge.payload_of(event.payload)
    with _told():
        store_in(folder).publish(event_bridge.name_of(event.type), payload, key=event_bridge.GIVEN + event.id)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Say on standard error, in one line, what is wrong with a store; the program goes on."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is
        message = " ".join(str(error).split())
        sys.stderr.write(f"WARNING feedback could not be stored: {type(error).__name__}: {message}\n")


def folder_of(execution_id: str) -> str | None:
    """Return the state folder whose store has an execution, else the nearest one with a store; None without any."""
    common = execution_id.rpartition("-")[0] or execution_id
    if common in _known:
        return _known[common]
    near = _stores(_candidates())
    found = next((folder for folder in near if _knows(folder, execution_id)), None)
    if found is None and _is_plain_python():
        found = next((folder for folder in _stores(_beside_modules()) if _knows(folder, execution_id)), None)
    if found is None:
        return near[0] if near else None
    _known[common] = found
    while len(_known) > REMEMBERED:
        _known.popitem(last=False)
    return found


def nearest() -> str | None:
    """Return the nearest state folder with a store, None where there is none."""
    return next(iter(_stores(_candidates())), None)


def store_in(folder: str) -> Any:
    """Return the store of a state folder, which this process shares."""
    return import_module(event_bridge.STORE).session_store(folder)


def in_use(folder: str) -> bool:
    """Whether this process records events in a state folder."""
    return os.path.join(os.path.abspath(folder), "events") in _in_use()


def _stores(folders: Iterator[str]) -> list[str]:
    """Return those folders that have a store, each once."""
    return [folder for folder in dict.fromkeys(folders) if _has_store(folder)]


def _is_plain_python() -> bool:
    return place.current() is None and _may_keep()


def _may_keep() -> bool:
    """Whether what runs here may keep events at all: a program in the sandbox may not."""
    folder = state.current()
    return place.current() is None if folder is None else folder.keeps_events


def _candidates() -> Iterator[str]:
    """Yield the folders to look in, the nearest first.

    A Dana program has its own folder and no other. For Python these are the folders in use, that of the settings, and
    those beside the files of the callers and in the working folder.
    """
    if not _may_keep():
        return
    here = place.current()
    if here is not None:
        if here.path is not None:
            yield os.path.abspath(here.path)
        return
    yield from map(os.path.dirname, _in_use())
    from dana_poet.settings import current_settings

    if current_settings().state.dir:
        yield os.path.abspath(current_settings().state.dir)
    for file in _files():
        yield os.path.join(os.path.dirname(os.path.abspath(file)), FOLDER)
    yield os.path.abspath(FOLDER)


def _beside_modules() -> Iterator[str]:
    """Yield the folders beside loaded modules: one of their functions may have had the execution."""
    for module in list(sys.modules.values()):
        loaded: Any = getattr(module, "__file__", None)
        if isinstance(loaded, str) and not loaded.startswith((sys.prefix, sys.base_prefix)):
            yield os.path.join(os.path.dirname(os.path.abspath(loaded)), FOLDER)


def _files() -> Iterator[str]:
    """Yield the files of the callers outside of this package, the nearest first."""
    ours = os.path.dirname(os.path.dirname(__file__)) + os.sep
    frame: Any = sys._getframe(1)  # noqa: SLF001 - the documented way to the caller, without loading `inspect`
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith((ours, "<")):
            yield file
        frame = frame.f_back


def _has_store(folder: str) -> bool:
    path = os.path.join(folder, "events")
    return path in _in_use() or os.path.isdir(os.path.join(path, "new"))


def _in_use() -> list[str]:
    """Return the folders of the stores that this process has open."""
    opening = sys.modules.get(f"{event_bridge.STORE}.opening")
    return list(getattr(opening, "_sessions", ()))


def _knows(folder: str, execution_id: str) -> bool:
    """Whether the store of a folder has an execution; one that is not in use is not in use afterwards."""
    path = os.path.join(folder, "events")
    if path in _in_use():
        return _has(store_in(folder), execution_id)
    with import_module(event_bridge.STORE).open_store(f"file:{path}") as store:
        return _has(store, execution_id)


def _has(store: Any, execution_id: str) -> bool:
    return bool(store.query(type=event_bridge.EXECUTION, execution_id=execution_id, limit=1))
