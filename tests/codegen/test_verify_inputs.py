"""Inputs that verification has to make by itself: each defect here shows for inputs of one form only."""

from __future__ import annotations

import pytest

from dana_poet.codegen import verify

ADDRESS = """
def address(text: str) -> int:
    parts = text.split(".")
    if len(parts) != 4:
        raise ValueError("four parts")
    number = 0
    for part in parts:
        if not part.isdigit() or int(part) > 255:
            raise ValueError("a byte")
        number = number * 256 + int(part)
    return number
"""
DIG = """
def dig(document: dict, path: str) -> object:
    current = document
    for part in path.split("."):
        if isinstance(current, dict) and part in current:
            current = current[part]
        elif isinstance(current, list) and part.isdigit() and int(part) < len(current):
            current = current[int(part)]
        else:
            return None
    return current
"""
DEPTH = """
def depth(tree: dict | None) -> int:
    if tree is None:
        return 0
    children = tree.get("children") or []
    return 1 + max((depth(child) for child in children), default=0)
"""
STATE = """
def state_after(events: list[str]) -> str:
    moves = {("new", "pay"): "paid", ("paid", "ship"): "shipped", ("paid", "cancel"): "refunded"}
    state = "new"
    for event in events:
        if (state, event) not in moves:
            raise RuntimeError(event)
        state = moves[(state, event)]
    return state
"""
RENDER = """
def render(template: str, values: dict[str, str]) -> str:
    for key in sorted(values):
        template = template.replace("{" + key + "}", values[key])
    return template
"""
COMMON = """
def weak(password: str) -> bool:
    return len(password) < 6 or password.lower() in {"password", "letmein"}
"""
CHECKED = """
def checked(number: str) -> str:
    digits = [int(one) for one in number if one.isdigit()]
    if len(digits) != 12:
        raise ValueError("twelve digits")
    return number + str(-sum(digits) % 10)
"""
AGE = """
import datetime as dt

def age(born: dt.date, today: dt.date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
"""
SORTED = """
def by_priority(tasks: list[dict]) -> list[dict]:
    order = {"high": 0, "normal": 1, "low": 2}
    return sorted(tasks, key=lambda task: order.get(task["priority"], 3))
"""
PAIRS = """
def pairs(text: str) -> dict[str, str]:
    found = {}
    for line in text.splitlines():
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        key, _, value = line.partition("=")
        found[key.strip()] = value.strip()
    return found
"""
DEFECTS = {
    "a part of a number in a text": (ADDRESS, "> 255", ">= 255"),
    "the order of parts": (ADDRESS, "in parts:", "in reversed(parts):"),
    "a path into a list": (DIG, "int(part) < len(current)", "int(part) < len(current) - 1"),
    "a path to nothing": (DIG, "    return current", "    return current or None"),
    "a deep tree": (DEPTH, "return 1 + max", "return 1 + min"),
    "a tree of several children": (DEPTH, "for child in children)", "for child in children[:2])"),
    "events that follow each other": (STATE, '"refunded"', '"new"'),
    "the names of a template": (RENDER, "values[key])", "values[key], 1)"),
    "a known word in other letters": (COMMON, "password.lower() in", "password in"),
    "twelve digits": (CHECKED, "% 10", "% 11"),
    "the same day of another year": (AGE, "(today.month, today.day) < (born.month, born.day)",
                                     "today.timetuple().tm_yday < born.timetuple().tm_yday"),
    "known words in records": (SORTED, '"normal": 1', '"normal": 2'),
    "lines": (PAIRS, "continue", "break"),
}  # fmt: skip


@pytest.mark.parametrize(("original", "old", "new"), DEFECTS.values(), ids=DEFECTS)
def test_an_input_of_the_right_form_is_made(original: str, old: str, new: str) -> None:
    """From how the function splits, walks, looks up and compares."""
    assert old in original
    found = verify(original, original.replace(old, new))
    assert not found.accepted
    assert found.gates[-1].name == "differential"


def test_the_same_inputs_are_made_whether_the_original_was_asked_before_or_not() -> None:
    """The same seed gives the same verdict."""
    candidate = STATE.replace('"refunded"', '"lost"')
    reasons = {verify(STATE, candidate).reason for _ in range(2)}
    assert len(reasons) == 1


SMALL = "def f(n: int) -> int:\n    return n + 1\n"


@pytest.mark.parametrize(
    "line",
    ["while True: pass", "[0 for _ in iter(int, 1)]", "while n == 50:\n        try:\n            n = 50\n        except BaseException: pass"],
)  # fmt: skip
def test_what_does_not_end_is_stopped_by_its_cpu_time(line: str) -> None:
    """A loop that never ends, in whatever form, costs a fraction of a second; the input stands beside it."""
    found = verify(SMALL, f"def f(n: int) -> int:\n    {line}\n    return n + 1\n")
    assert "does not end within" in found.reason
    assert "[f(" in found.reason


def test_a_slow_original_is_compared_too() -> None:
    """A function that takes long for nearly every input is asked about fewer."""
    original = "def f(n: int) -> int:\n    for _ in range(40_000):\n        pass\n    return n + 1\n"
    assert verify(original, original.replace("n + 1", "1 + n")).accepted
    assert not verify(original, original.replace("n + 1", "n + 2")).accepted


def test_a_side_that_sets_a_value_is_untested_when_no_input_reaches_it() -> None:
    """A condition that only raises may stay unmet, one that changes the answer may not."""
    text = "def f(n: int) -> int:\n    more = 1\n    if n * n * n == 7 ** 30 + 12: {}\n    return n + more\n"
    assert "untested" in verify(SMALL, text.format("more = 2")).reason
    assert verify(SMALL, text.format("raise ValueError('n')")).accepted
    loop = (
        "def f(xs: list[int]) -> list[int]:\n    out = []\n    for x in xs:\n        {}out.append(x)\n    return out\n"
    )
    assert verify(loop.format(""), loop.format("if out is not None: ")).accepted
    assert "untested" in verify(loop.format(""), loop.format("if x * x * x != 7 ** 30 + 12: ")).reason


class Diary:
    """Holds what was noted."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> int:
        """Keep a text."""
        self.notes.append(text)
        return len(self.notes)


NOTE = "def note(self, text: str) -> int:\n    self.notes.append(text)\n    return len(self.notes)\n"


def test_what_a_method_does_to_containers_of_its_object_is_compared() -> None:
    """The object stays where it is, what is done to a copy of its list is not lost; examples need not name it."""
    examples: list[tuple[tuple[object, ...], dict[str, object]]] = [(("a",), {})]
    diary = Diary()
    assert verify(diary.note, NOTE, examples=examples).accepted
    found = verify(
        diary.note, NOTE.replace("append(text)", "extend([text, text])").replace("len(", "1 or ("), examples=examples
    )
    assert "it sets self.notes = ['a', 'a']" in found.reason
    assert diary.notes == []


def test_a_function_that_answers_no_input_needs_an_example() -> None:
    """A method without its object raises whatever is done: a change of it has not been seen."""
    reason = verify(Diary.note, NOTE.replace("(text)", "(text + '!')")).reason
    assert reason.endswith("give an example that it accepts")


def test_items_are_shown_as_people_write_them() -> None:
    """A generator's answer is told by its items."""
    original = "def upto(n: int):\n    for one in range(n):\n        yield one\n"
    reason = verify(original, original.replace("yield one", "yield one + 1")).reason
    assert "it returns an iterator of 1" in reason
