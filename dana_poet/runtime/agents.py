"""Agents: `agent`, `agent_blueprint` and singletons as Python classes and instances (LANGUAGE, section 7).

`define_agent` and `add_method` are what generated code calls. An agent type is a class. `agent N:` with a body also
has a default instance: it is made when it is first needed, and `N.anything` means the default instance's.
"""

from __future__ import annotations

import itertools
import threading
import types
from typing import TYPE_CHECKING, Any, ClassVar, Self

from dana_poet.errors import DanaAttributeError, DanaTypeError, DanaValueError
from dana_poet.runtime import place, state
from dana_poet.runtime.agent_calls import needs_agent, tracked
from dana_poet.runtime.agent_core import AgentCore, base_id, live
from dana_poet.runtime.agent_methods import BuiltInMethods
from dana_poet.runtime.agent_state_view import StateView
from dana_poet.runtime.fields import Field, FieldTable, did_you_mean, shown_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dana_poet.runtime.fields import FieldSpec

BUILT_IN_FIELDS = ("name", "description")
"""Fields that every agent has; `id` and `state` can be read too."""

LEARNING = "dana_poet.stages.agents"

_showing: set[int] = set()


class AgentType(type):
    """The type of an agent: call it with field values to make an agent.

    `isinstance`, `N | M` and `list[N]` work as for any class. A type with a default instance hands every member that
    is asked of it to that instance, and counts as an instance of itself.
    """

    __dana_table__: FieldTable
    __dana_options__: dict[str, Any]
    __dana_place__: place.Place | None
    __dana_has_default__: bool
    __dana_one__: Any
    __dana_lock__: threading.RLock
    __dana_counts__: dict[str, Iterator[int]]

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make an agent; DanaCallError for unknown, missing or wrong fields."""
        given = cls.__dana_table__.named(args, kwargs) if args else kwargs
        folder = _folder_of(cls)
        agent_id = _next_id(cls, given, persistent=folder is not None)
        waiting = live(folder, agent_id) if folder is not None else None
        if waiting is not None and type(waiting) is cls:
            return waiting  # feedback from an earlier run brought it back before the program made it
        return _made(cls, agent_id, folder, given)

    def __getattribute__(cls, name: str) -> Any:
        if name[:2] != "__" and type.__getattribute__(cls, "__dana_has_default__"):
            return _of_default(cls, name)
        member = type.__getattribute__(cls, name)
        built_in = name[:2] != "__" and member is getattr(BuiltInMethods, name, None)
        return _of_blueprint(name, member) if built_in else member

    def __setattr__(cls, name: str, value: Any) -> None:
        if name[:2] != "__" and cls.__dana_has_default__:
            setattr(default_instance(cls), name, value)
        else:
            type.__setattr__(cls, name, value)

    def __instancecheck__(cls, instance: object) -> bool:
        return type.__instancecheck__(cls, instance) or (instance is cls and cls.__dana_has_default__)

    def __repr__(cls) -> str:
        return f"Agent[{cls.__name__}]"

    def __dana_add_method__(cls, name: str, function: object) -> None:
        """Take a receiver function."""
        add_method(cls, name, function)


class Agent(BuiltInMethods, metaclass=AgentType):
    """One agent. Two agents are equal only when they are the same one."""

    __slots__ = ("__dana_agent__", "__dict__", "__weakref__")

    __dana_agent__: AgentCore
    __dana_table__ = FieldTable("Agent", ())
    __dana_options__: ClassVar[dict[str, Any]] = {}
    __dana_place__ = None
    __dana_has_default__ = False
    __dana_open__ = False
    __dana_delegates__: tuple[str, ...] = ()

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dana_table__.by_name:
            self.__dict__[name] = self.__dana_table__.check(name, value)
        elif name[:2] == "__":
            object.__setattr__(self, name, value)
        else:
            self._set_other(name, value)

    def _set_other(self, name: str, value: Any) -> None:
        if name in {"id", "state"} or any(name in vars(owner) for owner in type(self).__mro__):
            what = "is given by Dana" if name in {"id", "state"} else "is a method"
            raise DanaAttributeError(f"'{name}' of {type(self).__name__} {what} and cannot be assigned")
        for delegate in self.__dana_delegates__:
            if hasattr(self.__dict__[delegate], name):
                setattr(self.__dict__[delegate], name, value)
                return
        if not self.__dana_open__:
            raise self.__dana_table__.no_such(name)
        self.__dict__[name] = value

    def __delattr__(self, name: str) -> None:
        raise DanaAttributeError(f"field '{name}' of {type(self).__name__} cannot be deleted", hint="assign null to it")

    def __getattr__(self, name: str) -> Any:
        if name == "id":
            return self.__dana_agent__.id
        if name == "state":
            return StateView(self)
        if name == "agent_type":
            return types.SimpleNamespace(name=type(self).__name__, fields=tuple(self.__dana_table__.by_name))
        if name[:2] == "__":
            raise AttributeError(name)
        for delegate in self.__dana_delegates__:
            target = self.__dict__.get(delegate)
            if hasattr(target, name):
                return getattr(target, name)
        raise AttributeError(f"{type(self).__name__} has no field or method '{name}'", name=name, obj=self)

    def __dir__(self) -> list[str]:
        return [*self.__dict__, "id", "state", *_method_names(type(self))]

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        return self  # a copied list of agents or resources holds the same ones

    def __repr__(self) -> str:
        shown = (
            (name, self.__dict__[name])
            for name, field in self.__dana_table__.by_name.items()
            if not field.in_state and not _is_built_in(field) and name in self.__dict__
        )
        return shown_fields(type(self).__name__, shown, _showing, id(self))


def define_agent(
    name: str,
    *,
    doc: str | None = None,
    fields: tuple[FieldSpec, ...] = (),
    state: tuple[FieldSpec, ...] = (),
    methods: dict[str, object] | None = None,
    base: object | None = None,
    kind: str = "agent",
    singleton: bool = False,
    options: dict[str, Any] | None = None,
) -> Any:
    """Return what the name of an agent definition is bound to: an agent type, or the agent itself for a singleton.

    `kind` is `agent` or `agent_blueprint`. A singleton is `agent N`, `agent N(B)` or one with `field = expr` lines.
    """
    parent = _parent(name, base)
    table = _table(name, doc, fields, state, parent)
    clash = set(table.by_name).intersection(methods or ())
    if clash:
        raise DanaValueError(f"agent {name} has a field and a method named '{min(clash)}'")
    options = _inherited(parent.__dana_options__, options)
    around = getattr(options, "around", _as_it_is)
    methods = _learning(name, methods or {}, options, lambda: _folder_of(made))
    namespace: dict[str, object] = {
        "__slots__": (),
        "__doc__": doc,
        "__module__": "dana",
        "__dana_table__": table,
        "__dana_type_text__": f"Agent[{name}]",
        "__dana_options__": options,
        "__dana_place__": place.current(),
        "__dana_has_default__": kind == "agent" and not singleton,
        "__dana_open__": singleton and parent is Agent and not fields and not state,
        "__dana_delegates__": table.delegates(),
        "__dana_one__": None,
        "__dana_lock__": threading.RLock(),
        "__dana_counts__": {},
        **{method: tracked(method, around(function, name)) for method, function in methods.items()},
    }
    made = AgentType(name, (parent,), namespace)
    return default_instance(made) if singleton else made


def _learning(
    name: str, methods: dict[str, object], options: dict[str, Any], folder: Callable[[], state.StateFolder | None]
) -> dict[str, object]:
    """Return the methods; under `@poet(domain=..., learning=...)` those learn that take parameters of the domain."""
    if not options.get("learning") or not options.get("domain"):
        return methods
    from importlib import import_module

    made: dict[str, object] = import_module(LEARNING).learning_methods(name, methods, options, folder)
    return made


def _inherited(of_blueprint: dict[str, Any], own: dict[str, Any] | None) -> dict[str, Any]:
    """Return an agent's options: its own before those of its blueprint."""
    if not own or not of_blueprint:
        return own or of_blueprint
    return type(own)({**of_blueprint, **own})


def _as_it_is(function: object, owner: str) -> object:
    about = getattr(function, "poet", None)
    if about is not None:  # a @poet of its own
        about.belong(owner)
    return function


def add_method(agent_type: Any, name: str, function: object) -> None:
    """Give an agent type a method: a receiver function, or `def plan(a: N, ...)` that replaces a built-in one."""
    cls = agent_type if type(agent_type) is AgentType else type(agent_type)
    if not issubclass(cls, Agent):
        raise DanaTypeError(f"{agent_type!r} is not an agent, so it takes no method '{name}'")
    field = cls.__dana_table__.by_name.get(name)
    if field is not None:
        raise DanaValueError(f"agent {cls.__name__} has a field '{name}', so it takes no method of that name")
    type.__setattr__(cls, name, tracked(name, function))


def default_instance(agent_type: AgentType) -> Any:
    """Return the default instance of an agent type, made now if it was not needed before."""
    one = type.__getattribute__(agent_type, "__dana_one__")
    if one is not None:
        return one
    with agent_type.__dana_lock__:
        one = type.__getattribute__(agent_type, "__dana_one__")
        if one is None:
            folder = _folder_of(agent_type)
            one = live(folder, agent_type.__name__) if folder is not None else None
            if type(one) is not agent_type:
                one = _made(agent_type, agent_type.__name__, folder, {})
            type.__setattr__(agent_type, "__dana_one__", one)
    return one


def revive(agent_type: AgentType, agent_id: str) -> Any:
    """Return the persistent agent with this id: the living one, else one made from what was saved, else None."""
    if agent_id == agent_type.__name__ and (agent_type.__dana_has_default__ or agent_type.__dana_one__ is not None):
        return default_instance(agent_type)
    folder = _folder_of(agent_type)
    if folder is None:
        return None
    found = live(folder, agent_id)
    if found is not None:
        return found
    from dana_poet.runtime.encoding import decode

    record = folder.load(agent_id)
    given = (record or {}).get("given") or {}
    agent = _made(
        agent_type, agent_id, folder, {name: decode(value, _resolver(agent_type)) for name, value in given.items()}
    )
    _revived.append(agent)  # kept until the program makes the same agent itself, which then is this one
    return agent


_revived: list[Agent] = []


def _made(cls: AgentType, agent_id: str, folder: Any, given: dict[str, Any]) -> Any:
    agent: Any = object.__new__(cls)  # type: ignore[arg-type]  # an AgentType is the type of an agent
    core = AgentCore(agent_id, folder, given)
    object.__setattr__(agent, "__dana_agent__", core)
    agent.__dict__.update(cls.__dana_table__.values(given))
    core.restore(agent, _resolver(cls))
    return agent


def _folder_of(cls: AgentType) -> state.StateFolder | None:
    folder = state.current(cls.__dana_place__)
    if folder is None or folder.explicit or cls.__dana_options__.get("state") == "persistent":
        return folder
    return None


def _next_id(cls: AgentType, given: dict[str, Any], *, persistent: bool) -> str:
    base = base_id(cls.__name__, given) if persistent else cls.__name__
    number = next(cls.__dana_counts__.setdefault(base, itertools.count(1)))
    return base if number == 1 and base != cls.__name__ else f"{base}-{number}"


def _parent(name: str, base: object | None) -> Any:
    if base is None:
        return Agent
    parent = base if isinstance(base, type) else type(base)
    if not issubclass(parent, Agent):
        raise DanaTypeError(f"agent {name}(...) needs an agent blueprint in the parentheses, got {base!r}")
    return parent


def _table(
    name: str, doc: str | None, fields: tuple[FieldSpec, ...], in_state: tuple[FieldSpec, ...], parent: Any
) -> FieldTable:
    inherited: dict[str, Field] = dict(parent.__dana_table__.by_name)
    for built_in, text in (("name", name), ("description", doc or "")):
        if built_in not in inherited or _is_built_in(inherited[built_in]):
            inherited[built_in] = BuiltInField((built_in, lambda: str, _constant(text)), in_state=False)
    own: dict[str, Field] = {}
    for spec in fields:
        known = inherited.get(spec[0])
        if known is not None and spec[1] is None:
            own[spec[0]] = Field((spec[0], known.type_thunk, spec[2]), in_state=known.in_state)
        elif known is None and spec[1] is None and parent is not Agent:
            raise DanaAttributeError(
                f"agent {name} sets '{spec[0]}', which its blueprint {parent.__name__} does not have",
                hint=did_you_mean(spec[0], inherited),
            )
        else:
            own[spec[0]] = Field(spec, in_state=False)
    own.update((spec[0], Field(spec, in_state=True)) for spec in in_state)
    first = {key: own.pop(key, field) for key, field in inherited.items() if not _is_built_in(field)}
    last = {key: field for key, field in inherited.items() if _is_built_in(field) and key not in own}
    return FieldTable(name, [*first.values(), *own.values(), *last.values()])


def _constant(value: str) -> Callable[[], object]:
    return lambda: value


class BuiltInField(Field):
    """`name` or `description` of an agent that does not declare it."""

    __slots__ = ()


def _is_built_in(field: Field) -> bool:
    return type(field) is BuiltInField


def _resolver(cls: AgentType) -> Callable[[str], object]:
    """Return what finds a struct class by name: where the agent's fields and methods were written."""

    def resolve(name: str) -> object:
        for namespace in _namespaces(cls):
            if name in namespace:
                return namespace[name]
        return None

    return resolve


def _namespaces(cls: AgentType) -> Iterator[dict[str, object]]:
    for field in cls.__dana_table__.by_name.values():
        for thunk in (field.type_thunk, field.default):
            if type(field) is Field and thunk is not None:
                yield thunk.__globals__
    for owner in cls.__mro__:
        for member in vars(owner).values():
            function = getattr(member, "__wrapped__", None)
            if isinstance(function, types.FunctionType):
                yield function.__globals__


def _of_default(cls: AgentType, name: str) -> Any:
    one = default_instance(cls)
    try:
        return getattr(one, name)
    except AttributeError as error:
        if error.obj is one and error.name == name:
            error.obj = cls  # `N` stands for its default instance: who asked N looks on with N
        raise


def _of_blueprint(name: str, method: Any) -> Any:
    """Return a built-in method asked of a blueprint: it takes the agent as its first argument."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if not args or not isinstance(args[0], Agent):
            raise needs_agent(name, args[0] if args else None)
        return method(*args, **kwargs)

    return call


def _method_names(cls: type) -> list[str]:
    return [name for owner in cls.__mro__ for name in vars(owner) if not name.startswith("_")]
