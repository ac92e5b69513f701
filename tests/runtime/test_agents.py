"""Agents as classes and instances: fields, blueprints, singletons, default instances."""

from __future__ import annotations

import threading
import types
from typing import Any

import pytest

from dana_poet.errors import DanaAttributeError, DanaCallError, DanaTypeError, DanaValueError
from dana_poet.runtime.agents import add_method, define_agent
from dana_poet.runtime.members import member, method, receive
from dana_poet.runtime.types import DanaType, type_text


def spec(name: str, kind: Any = None, *default: Any) -> tuple[str, Any, Any]:
    """Return a field as generated code writes it: thunks for the type and for the default."""
    return name, None if kind is None else lambda: kind, (lambda: default[0]) if default else None


def blueprint(**options: Any) -> Any:
    """Return a blueprint with a few fields."""
    fields = (spec("domain", str, "general"), spec("limit", float, 1), spec("tags", list[str], ["a"]))
    return define_agent("Worker", fields=fields, kind="agent_blueprint", **options)


def with_state(**options: Any) -> Any:
    """Return `agent Counter:` with a body."""
    return define_agent(
        "Counter",
        doc="Counts.",
        fields=(spec("step", int, 1),),
        state=(spec("count", int), spec("seen", list[int]), spec("last", object)),
        methods={"add": add, "double": lambda self: self.count * 2},
        **options,
    )


def add(self: Any, amount: int = 0) -> int:
    """Count on."""
    self.count += amount or self.step
    self.seen.append(self.count)
    return int(self.count)


def test_a_blueprint_makes_agents_with_checked_fields() -> None:
    """Defaults per instance, int widens to float, repr shows the fields."""
    worker = blueprint()
    one, other = worker(domain="x"), worker(limit=2)
    assert (one.domain, one.limit, other.domain, other.limit) == ("x", 1.0, "general", 2.0)
    assert repr(one) == "Worker(domain='x', limit=1.0, tags=['a'])"
    assert one != other
    assert one == one  # noqa: PLR0124 - identity is the rule
    assert {one: 1}[one] == 1


def test_every_agent_has_a_name_a_description_an_id_and_a_state() -> None:
    """The built-in fields; a field of that name replaces one."""
    worker = blueprint(doc="Works.")()
    assert (worker.name, worker.description, worker.id) == ("Worker", "Works.", "Worker-1")
    named = define_agent("B", fields=(spec("name", str, "Ann"),), kind="agent_blueprint")()
    assert named.name == "Ann"
    assert with_state()(step=2).state.count == 0


@pytest.mark.parametrize(
    ("make", "message", "hint"),
    [
        (lambda worker: worker(domian="x"), "Worker has no field 'domian'", "did you mean 'domain'?"),
        (lambda worker: worker(domain=3), "field 'domain' of Worker takes str", ""),
        (lambda worker: worker(1, 2, 3, 4, 5, 6, 7), "takes 5 positional values, got 7", ""),
        (lambda worker: worker("x", domain="y"), "got two values for the field 'domain'", ""),
        (
            lambda _: define_agent("R", fields=(spec("key", str),), kind="agent_blueprint")(),
            "needs a value for the field",
            "R(key=...)",
        ),
    ],
)
def test_a_wrong_construction_names_the_field(make: Any, message: str, hint: str) -> None:
    """With a did-you-mean where there is one."""
    with pytest.raises((DanaCallError, DanaTypeError), match=message.replace("(", r"\(")) as caught:
        make(blueprint())
    assert hint in caught.value.hint


def test_assignments_are_checked_like_struct_fields() -> None:
    """A wrong type, an unknown field, a method, the id: each an error that says so."""
    worker = blueprint()()
    worker.limit = 3
    assert isinstance(worker.limit, float)
    worker.domain = None
    with pytest.raises(DanaTypeError, match="field 'limit' of Worker takes float"):
        worker.limit = "much"
    with pytest.raises(DanaAttributeError) as caught:
        worker.limits = 3
    assert caught.value.hint == "did you mean 'limit'?"
    with pytest.raises(DanaAttributeError, match="'plan' of Worker is a method"):
        worker.plan = 3
    with pytest.raises(DanaAttributeError, match="'id' of Worker is given by Dana"):
        worker.id = "x"
    with pytest.raises(DanaAttributeError, match="cannot be deleted"):
        del worker.domain


def test_a_body_makes_a_blueprint_and_a_default_instance() -> None:
    """`Counter.add()` is the default instance's, `Counter(step=2)` another agent."""
    counter = with_state()
    assert counter.add() == 1
    assert counter.add(4) == 5
    other = counter(step=2)
    assert other.add() == 2
    assert (counter.count, counter.seen, other.seen) == (5, [1, 5], [2])
    counter.step = 10
    assert counter.add() == 15
    assert (counter.id, counter.description, other.step) == ("Counter", "Counts.", 2)


def test_the_default_instance_is_made_once_and_only_when_needed() -> None:
    """Also when many threads ask at the same time."""
    made: list[int] = []

    def default() -> list[int]:
        made.append(1)
        return []

    lazy = define_agent("Lazy", fields=(("xs", lambda: list, default),))
    assert not made
    threads = [threading.Thread(target=lambda: lazy.xs.append(1)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(lazy.xs)) == (1, 8)


def test_state_fields_start_as_the_empty_value_of_their_type() -> None:
    """`list[...]` is [], numbers 0, text "", everything else null."""
    kinds = {
        "a": list[int],
        "b": dict,
        "c": int,
        "d": float,
        "e": str,
        "f": bool,
        "g": set,
        "h": int | None,
        "i": object,
    }
    agent = define_agent("E", state=tuple(spec(name, kind) for name, kind in kinds.items()))
    assert {name: agent.state[name] for name in agent.state} == {
        "a": [], "b": {}, "c": 0, "d": 0.0, "e": "", "f": False, "g": set(), "h": None, "i": None,
    }  # fmt: skip
    agent.state["c"] = 3
    agent.state.e = "x"
    assert (agent.c, agent.e, len(agent.state), "c" in agent.state) == (3, "x", 9, True)
    with pytest.raises(AttributeError, match="no field 'zz'"):
        agent.state.zz = 1


def test_a_singleton_is_the_agent_itself() -> None:
    """`agent Jim(Worker):` with `field = expr` lines; the blueprint's own default stays for others."""
    worker = blueprint()
    jim = define_agent("Jim", fields=(spec("domain", None, "x"),), base=worker, singleton=True)
    plain = define_agent("Ann", base=worker, singleton=True)
    assert (jim.domain, plain.domain, jim.tags, jim.name, jim.id) == ("x", "general", ["a"], "Jim", "Jim")
    assert isinstance(jim, worker)
    assert not isinstance(jim, type)
    assert jim.tags is not plain.tags
    with pytest.raises(DanaAttributeError, match="sets 'domian', which its blueprint Worker does not have") as caught:
        define_agent("Bad", fields=(spec("domian", None, 1),), base=worker, singleton=True)
    assert "domain" in caught.value.hint


def test_a_bare_agent_takes_any_attribute() -> None:
    """`agent Neo`, then `Neo.expertise = [...]`: nothing was declared that could be misspelt."""
    neo = define_agent("Neo", singleton=True)
    neo.expertise = [1]
    assert neo.expertise == [1]
    assert repr(neo) == "Neo()"


def test_what_is_not_a_blueprint_cannot_be_one() -> None:
    """`agent N(3)` is an error of the definition."""
    with pytest.raises(DanaTypeError, match="needs an agent blueprint"):
        define_agent("N", base=3, singleton=True)


def test_agent_types_are_types() -> None:
    """isinstance, unions, generics, and the name that Dana prints."""
    worker, counter = blueprint(), with_state()
    assert isinstance(worker(), worker)
    assert not isinstance(worker(), counter)
    assert isinstance(counter, counter)  # the default instance
    assert isinstance(counter(), worker | counter)
    assert str(types.GenericAlias(list, worker)).startswith("list[")
    assert (type_text(worker()), repr(worker), DanaType(counter) == "Agent[Counter]") == (
        "Agent[Worker]",
        "Agent[Worker]",
        True,
    )


def test_receiver_functions_become_methods() -> None:
    """On types, default instances and singletons; fields keep their names."""
    worker, counter, neo = blueprint(), with_state(), define_agent("Neo", singleton=True)
    receive("greet", lambda agent, name: f"{agent.name}: {name}", worker, counter, neo)
    assert worker().greet("x") == "Worker: x"
    assert counter.greet("y") == "Counter: y"
    assert neo.greet("z") == "Neo: z"
    with pytest.raises(DanaValueError, match="has a field 'step'"):
        add_method(counter, "step", lambda _: 1)
    with pytest.raises(DanaValueError, match="a field and a method named 'x'"):
        define_agent("C", fields=(spec("x", int, 1),), methods={"x": lambda _: 1})
    with pytest.raises(DanaTypeError, match="is not an agent"):
        add_method(3, "f", print)


def test_a_function_in_scope_is_called_with_the_agent_first() -> None:
    """`agent.f(x)` falls back to `f(agent, x)`, for the default instance too."""
    counter = with_state()
    assert method(counter(), "outside", lambda: lambda agent, x: agent.step + x)(2) == 3
    assert method(counter, "outside", lambda: lambda agent, x: agent.step + x)(2) == 3


def test_an_unknown_member_has_a_hint() -> None:
    """The nearest member is named."""
    for agent in (blueprint()(), with_state()):
        with pytest.raises(DanaAttributeError) as caught:
            member(agent, "remembr")
        assert caught.value.hint == "did you mean 'remember'?"


def test_a_blueprint_has_no_default_instance() -> None:
    """`B.plan("x")` says how to make one."""
    with pytest.raises(DanaCallError, match="'plan' is a method of an agent") as caught:
        blueprint().plan("x")
    assert "make an agent" in caught.value.hint
    receive("greet", lambda agent: agent.name, worker := blueprint())
    with pytest.raises(DanaCallError, match="'greet' is a method of an agent"):
        worker.greet(3)
    assert worker.greet(worker()) == "Worker"


def test_methods_keep_their_name_and_signature() -> None:
    """Pipelines look at the signature to place values."""
    import inspect

    method = with_state()(step=1).add
    assert (method.__name__, method.__doc__) == ("add", "Count on.")
    assert str(inspect.signature(method)) == "(amount: 'int' = 0) -> 'int'"


def test_members_that_are_not_functions_bind_too() -> None:
    """A wrapped method is an object with `__call__`."""

    class Wrapped:
        def __call__(self, agent: Any, x: int) -> str:
            return f"{agent.name}{x}"

    agent = define_agent("N", methods={"f": Wrapped()})
    assert agent.f(3) == "N3"


def test_embedded_fields_are_delegated_to() -> None:
    """A field whose name begins with `_` lends its fields and methods."""
    inner = blueprint()(domain="inside")
    outer = define_agent("Outer", fields=(spec("_inner", object, inner),))
    assert outer.domain == "inside"
    outer.domain = "changed"
    assert inner.domain == "changed"


def test_an_agent_that_holds_itself_can_be_shown() -> None:
    """Repr ends."""
    agent = define_agent("Me", fields=(spec("other", object, None),))()
    agent.other = agent
    assert repr(agent) == "Me(other=Me(...))"
