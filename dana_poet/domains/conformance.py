"""What every domain must hold, built in or somebody's own: run `check(domain)`, or each of `CHECKS` as a test.

@pytest.mark.parametrize("one", CHECKS)
def test_my_domain(one): one(my_domain)
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dana_poet.domains.domain import GRANTS, SECTIONS, Call, Domain, Learnable
from dana_poet.errors import DanaError, PoetOptionError, PoetValidationError

if TYPE_CHECKING:
    from collections.abc import Callable

VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 0.5, 1e308, float("inf"), float("nan"), "", " ", "12", "12%", "$5K", "72F", "\u0661\u0662",
    "x" * 5000, "(" * 5000 + "5" + ")" * 5000, "1" + " " * 5000 + "x", "I am sorry " * 500, "```\n" + "\n" * 5000, "1e999999999", b"12", [], [1, "2", None], {}, {"status": 503}, {"a": {"b": [float("nan")]}}, (1, 2),
    object(), Decimal("NaN"),
)  # fmt: skip
"""Arguments and results of all sorts, some of them hostile."""
NAMES = ("amount", "credit_score", "rate", "target_temp", "temperature_f", "power_kw", "message", "prompt", "url", "reference",
         "heart_rate", "age", "x", "_", "")  # fmt: skip
HINTS: tuple[Any, ...] = (int, float, str, bool, dict, list, list[float], int | None, Decimal, Any, "not a type")
MARKER = "Zanzibar-4711"


def check(domain: Domain) -> list[str]:
    """Run all checks and return what they found; nothing is good.

    >>> from dana_poet.domains import get
    >>> check(get("base"))
    []
    """
    found = []
    for one in CHECKS:
        try:
            one(domain)
        except AssertionError as problem:
            found.append(f"{one.__name__}: {problem}")
    return found


def check_template(domain: Domain) -> None:
    """People can read it: a title, a summary, and all four sections with requirements."""
    assert domain.name.isidentifier(), f"the name {domain.name!r} is no identifier"
    assert domain.summary.strip(), "there is no summary"
    for section in SECTIONS:
        assert domain.requirements(section), f"section {section} of the template has no line that begins with '- '"


def check_grants(domain: Domain) -> None:
    """It grants what exists, and modules by name."""
    assert domain.grants <= GRANTS, f"it grants {sorted(domain.grants - GRANTS)}"
    bad = [name for name in domain.imports if not all(part.isidentifier() for part in name.split("."))]
    assert not bad, f"{bad} are no names of modules"


def check_options(domain: Domain) -> None:
    """Every option has a summary, takes its own default and refuses what is of another kind with PoetOptionError."""
    for name, spec in domain.options.items():
        assert spec.summary, f"option {name} has no summary"
        if spec.default is not None:
            assert spec.checked(name, spec.default) == spec.default
        if spec.kind == "anything" and not spec.choices:
            continue
        try:
            spec.checked(name, MARKER.encode())
        except PoetOptionError:
            continue
        raise AssertionError(f"option {name} takes bytes")


def check_settings(domain: Domain) -> None:
    """What the user writes stands over what was learned, and that over the defaults."""
    for one in domain.parameters:
        assert one.summary, f"learnable parameter {one.name} has no summary"
        other = one.choices[-1] if one.choices else one.high
        assert domain.settings(learned={one.name: other})[one.name] == other
        assert domain.settings({one.name: one.start}, {one.name: other})[one.name] == one.start
    assert all(isinstance(one, Learnable) for one in domain.parameters)


def check_normalise_reads_or_refuses(domain: Domain) -> None:
    """Any value of any hint is returned or refused with PoetValidationError, and the same every time."""
    if domain.normalise is None:
        return
    for name in NAMES:
        for hint in HINTS:
            for value in VALUES:
                first, second = (_outcome(domain, name, hint, value) for _ in range(2))
                assert repr(first) == repr(second), f"{name}: {hint} of {value!r:.40} is read in two ways"


def _outcome(domain: Domain, name: str, hint: Any, value: Any) -> Any:
    assert domain.normalise is not None
    try:
        return domain.normalise(name, hint, value, domain.settings())
    except PoetValidationError as error:
        refused = f"{error} {error.hint}" if error.value is None else f"{error} {error.hint} {error.value!r}"
    assert f"'{name}" in refused, f"the error does not name the parameter: {refused}"
    return refused


def check_normalise_is_stable(domain: Domain) -> None:
    """What was read is not read again into something else, and no number that is not finite comes out of text."""
    if domain.normalise is None:
        return
    for name in NAMES:
        for hint in (int, float):
            for value in VALUES:
                once = _outcome(domain, name, hint, value)
                if isinstance(value, str) and isinstance(once, float):
                    assert math.isfinite(once), f"{name}: {value!r:.40} became {once}"
                if isinstance(once, (int, float)) and not isinstance(once, bool) and once != value:
                    again = _outcome(domain, name, hint, once)
                    assert again == once, f"{name}: {value!r:.40} became {once}, and that {again}"


def check_private(domain: Domain) -> None:
    """A private domain shows no value in an error, and lets none of them into an event."""
    if not domain.private:
        return
    for name in NAMES:
        if domain.normalise is not None:
            for value in (MARKER, f"5 {MARKER}"):
                shown = _outcome(domain, name, float, value)
                assert shown == value or MARKER not in str(shown), f"the error for {name} shows the value"
    assert domain.redact is not None, "a private domain says what may stand in an event"
    assert MARKER not in repr(domain.redact(dict.fromkeys(NAMES, MARKER)))


def check_enforce(domain: Domain) -> None:
    """Any result is returned or refused with an error of dana_poet; a result that passes passes again."""
    if domain.enforce is None:
        return
    call = Call("function", {"message": "hello", "x": 1}, domain.settings())
    for value in VALUES:
        try:
            once = domain.enforce(value, call)
        except DanaError:
            continue
        assert _same(domain.enforce(once, call), once), f"{value!r:.40} passes once and not twice"


def check_hooks_never_fail(domain: Domain) -> None:
    """What Operate asks is answered for any error and any call, with the right kind of value."""
    for value in VALUES:
        call = Call("function", dict.fromkeys(NAMES, value), domain.settings(), attempt=2, seconds=0.5)
        for error in (ValueError(MARKER), ConnectionError(), TimeoutError(), PoetValidationError("no")):
            if domain.transient is not None:
                assert isinstance(domain.transient(error), bool)
            wait = None if domain.wait is None else domain.wait(error, 1)
            assert wait is None or 0 <= wait < math.inf
            changed = None if domain.recover is None else domain.recover(error, call)
            assert changed is None or set(changed) <= set(NAMES)
        if domain.repeatable is not None:
            domain.repeatable(call)
        assert domain.patience is None or 0 < domain.patience(call) <= 100


def check_wrong_values_are_not_transient(domain: Domain) -> None:
    """Trying again does not make a wrong value right."""
    if domain.transient is not None:
        wrong = (ValueError(), TypeError(), KeyError(), ZeroDivisionError())
        assert not any(map(domain.transient, wrong)), "it tries again after a wrong value"


def check_metrics(domain: Domain) -> None:
    """Metrics give finite numbers for whatever is measured, and leave out what they cannot measure."""
    for value in VALUES:
        measured = domain.measure(value, Call("function", {"message": "x"}, domain.settings(), seconds=0.5))
        assert all(math.isfinite(one) for one in measured.values())
        assert set(measured) <= set(domain.metrics)


def _same(one: Any, other: Any) -> bool:
    return one is other or repr(one) == repr(other)


CHECKS: tuple[Callable[[Domain], None], ...] = (
    check_template, check_grants, check_options, check_settings, check_normalise_reads_or_refuses,
    check_normalise_is_stable, check_private, check_enforce, check_hooks_never_fail, check_wrong_values_are_not_transient,
    check_metrics,
)  # fmt: skip
