"""What every resource is: fields, a life cycle, a query (LANGUAGE, section 8).

`resource R:` definitions and the shipped kinds share one class, so both are used in the same way.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, ClassVar, Self

from dana_poet.errors import DanaAttributeError, DanaTypeError, DanaValueError
from dana_poet.runtime.fields import Field, FieldTable, shown_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.runtime.fields import FieldSpec

CREATED, RUNNING, STOPPED = "CREATED", "RUNNING", "STOPPED"
"""The states of a resource, in the order in which it goes through them; a stopped one may be started again."""

_showing: set[int] = set()


class ResourceType(type):
    """The type of a resource: call it with field values to make one."""

    __dana_table__: FieldTable

    def __repr__(cls) -> str:
        return f"Resource[{cls.__name__}]"

    def __dana_add_method__(cls, name: str, function: object) -> None:
        """Take a receiver function."""
        add_method(cls, name, function)


class Resource(metaclass=ResourceType):
    """Something outside the program, used between `start` and `stop`; `with R() as r:` calls both.

    A subclass opens what it needs in `_open` and lets go of it in `_close`; its operations call `_running` first, which
    starts the resource when it was not started yet.
    """

    __slots__ = ("__dana_life__", "__dict__", "__weakref__")

    __dana_life__: str
    __dana_table__: ClassVar[FieldTable] = FieldTable("Resource", ())
    __dana_type_text__: ClassVar[str] = "Resource"
    __dana_delegates__: ClassVar[tuple[str, ...]] = ()
    __dana_shown__: ClassVar[tuple[str, ...]] = ("kind", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        table = self.__dana_table__
        object.__setattr__(self, "__dana_life__", CREATED)
        self.__dict__.update(table.values(table.named(args, kwargs) if args else kwargs))

    def initialize(self) -> bool:
        """Prepare the resource; `start` calls it. Return true."""
        return True

    def start(self) -> bool:
        """Make the resource ready for use. Return true; false when it was running already."""
        if self.__dana_life__ == RUNNING:
            return False
        self.initialize()
        self._open()
        object.__setattr__(self, "__dana_life__", RUNNING)
        return True

    def stop(self) -> bool:
        """Let go of everything the resource holds. Return true; false when it was not running."""
        running = self.__dana_life__ == RUNNING
        object.__setattr__(self, "__dana_life__", STOPPED)
        if running:
            self._close()
        return running

    def cleanup(self) -> bool:
        """Stop the resource if it runs. Return true."""
        self.stop()
        return True

    def is_running(self) -> bool:
        """Whether the resource is between `start` and `stop`."""
        return self.__dana_life__ == RUNNING

    def query(self, request: Any = None, **options: Any) -> Any:
        """Answer a request; a resource that can says how in its own `query`."""
        del request, options
        name = type(self).__name__
        raise DanaAttributeError(
            f"resource {name} does not answer queries", hint=f"write: def (r: {name}) query(request: str) -> str:"
        )

    def _open(self) -> None:
        """Take hold of what the resource needs."""

    def _close(self) -> None:
        """Let go of what `_open` took."""

    def _running(self) -> Self:
        """Return the resource, started if it was not yet; DanaValueError when it was stopped."""
        if self.__dana_life__ == STOPPED:
            raise DanaValueError(f"{self._title()} is stopped", hint="call start() to use it again")
        if self.__dana_life__ == CREATED:
            self.start()
        return self

    def _title(self) -> str:
        name = self.__dict__.get("name") or ""
        return f"resource {type(self).__name__}" + (f" '{name}'" if name else "")

    def __enter__(self) -> Self:
        self.start()
        if self.__dana_life__ != RUNNING:
            object.__setattr__(self, "__dana_life__", RUNNING)  # the program's own `start` did the work
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        object.__setattr__(self, "__dana_life__", STOPPED)

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        if name == "state":
            return self.__dana_life__
        for delegate in self.__dana_delegates__:
            target = self.__dict__.get(delegate)
            if target is not None and hasattr(target, name):
                return getattr(target, name)
        raise AttributeError(f"{type(self).__name__} has no field or method '{name}'", name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dana_table__.by_name:
            self.__dict__[name] = self.__dana_table__.check(name, value)
            return
        for delegate in self.__dana_delegates__:
            if hasattr(self.__dict__[delegate], name):
                setattr(self.__dict__[delegate], name, value)
                return
        raise self.__dana_table__.no_such(name)

    def __dir__(self) -> list[str]:
        members = [name for owner in type(self).__mro__ for name in vars(owner) if not name.startswith("_")]
        return [*self.__dana_table__.by_name, "state", *members]

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        return self  # a copied list of agents or resources holds the same ones

    def __repr__(self) -> str:
        shown = [(name, self.__dict__.get(name)) for name in self.__dana_table__.by_name if not name.startswith("_")]
        return shown_fields(type(self).__name__, shown, _showing, id(self))


class ShippedResource(Resource):
    """A kind that comes with dana-poet: keeps what it holds in attributes that begin with `_`."""

    __slots__ = ()

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)


def define_resource(
    name: str,
    *,
    doc: str | None = None,
    fields: tuple[FieldSpec, ...] = (),
    state: tuple[FieldSpec, ...] = (),
    methods: dict[str, object] | None = None,
    base: object | None = None,
    kind: str = "resource",
    singleton: bool = False,
    options: dict[str, Any] | None = None,
) -> type[Resource]:
    """Return the class of a `resource R:` definition. It takes what `define_agent` takes; `state` counts as fields."""
    del kind, singleton
    if base is not None:
        raise DanaTypeError(
            f"resource {name} cannot inherit from another", hint="embed it: a field whose name begins with `_`"
        )
    own = [Field(spec, in_state=False) for spec in fields] + [Field(spec, in_state=True) for spec in state]
    table = FieldTable(name, own)
    clash = set(table.by_name).intersection(methods or ())
    if clash:
        raise DanaValueError(f"resource {name} has a field and a method named '{min(clash)}'")
    namespace: dict[str, object] = {
        "__slots__": (),
        "__doc__": doc,
        "__module__": "dana",
        "__dana_table__": table,
        "__dana_type_text__": f"Resource[{name}]",
        "__dana_delegates__": table.delegates(),
        "__dana_options__": options or {},
    }
    made: Any = ResourceType(name, (Resource,), namespace)
    around = getattr(options, "around", None)
    for method, function in (methods or {}).items():
        add_method(made, method, around(function, name) if around is not None else function)
    finished: type[Resource] = made
    return finished


def add_method(resource_type: Any, name: str, function: Any) -> None:
    """Give a resource a method. An own `start` or `stop` moves `state` on when it succeeds."""
    if name in resource_type.__dana_table__.by_name:
        raise DanaValueError(
            f"resource {resource_type.__name__} has a field '{name}', so it takes no method of that name"
        )
    reached = {"start": RUNNING, "stop": STOPPED}.get(name)
    if reached is not None and isinstance(function, types.FunctionType):
        function = _moving(function, reached)
    setattr(resource_type, name, function)


def _moving(function: Callable[..., Any], reached: str) -> Callable[..., Any]:
    def call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        result = function(self, *args, **kwargs)
        if result is not False:
            object.__setattr__(self, "__dana_life__", reached)
        return result

    call.__name__, call.__doc__ = function.__name__, function.__doc__
    call.__dict__["__wrapped__"] = function
    return call


def field(name: str, kind: object, *default: Any) -> Field:
    """Return a field of a shipped kind; a list or dict given as default is copied for each resource."""
    thunk = (lambda: default[0].copy() if isinstance(default[0], (list, dict)) else default[0]) if default else None
    return Field((name, lambda: kind, thunk), in_state=False)


def fields_of(owner: str, kind: str, *own: Field) -> FieldTable:
    """Return the fields of a shipped kind: its own, then `name`, `description` and `kind`."""
    common = (field("name", str, ""), field("description", str, ""), field("kind", str, kind))
    return FieldTable(owner, [*own, *common])


def operation(request: Any, known: tuple[str, ...]) -> tuple[str, list[str]]:
    """Split a text request, `get:key` or `set:key:value`, into its verb and arguments; the last may hold colons.

    >>> operation("set:url:http://x", ("get", "set"))
    ('set', ['url', 'http://x'])
    """
    verb, _, rest = str(request).partition(":")
    if verb not in known:
        raise DanaValueError(
            f"request {str(request)!r} is not known", hint=f"it begins with {', '.join(known)} and `:`"
        )
    return verb, rest.split(":", 1) if rest else []
