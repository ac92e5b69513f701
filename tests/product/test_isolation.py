"""What one program does to the language stays in it: programs of one process do not see each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import dana_poet

if TYPE_CHECKING:
    from pathlib import Path


def test_receivers_of_basic_types_belong_to_their_program() -> None:
    """A method that one program gives to text is none of another program's text."""
    one, other = dana_poet.Session(), dana_poet.Session()
    one.run('def (s: str) shout(): s.upper() + "!"\ndef (x: any) itself(): x')
    assert one.run('["a".shout() for _ in [0]][0] + "b".shout() + "c".itself()').value == "A!B!c"
    for text in ('"a".shout()', '["a".shout() for _ in [0]]', "(5).itself()"):
        with pytest.raises(AttributeError):
            other.run(text)


def test_a_receiver_may_differ_from_program_to_program() -> None:
    """Two programs may write the same method."""
    one, other = dana_poet.Session(), dana_poet.Session()
    one.run("def (s: str) title(): 1")
    other.run("def (s: str) title(): 2\ndef call(s): s.title()")
    assert other.run('call("a")').value == 2
    assert one.run('def call(s): s.title()\ncall("ab")').value == "Ab"  # the text that defines a receiver overrides


def test_interfaces_see_the_receivers_of_their_program() -> None:
    """Whether text has a method is a question to the program that asks."""
    text = "interface Loud:\n    shout() -> str\ndef f(x: Loud): x.shout()\n"
    one, other = dana_poet.Session(), dana_poet.Session()
    one.run(text + 'def (s: str) shout(): s + "!"')
    other.run(text)
    assert one.run('f("a")').value == "a!"
    with pytest.raises(TypeError, match="has no method 'shout'"):
        other.run('f("a")')


def test_scoped_variables_belong_to_their_program() -> None:
    """`private:`, `public:` and `system:` are tables of one program."""
    one, other = dana_poet.Session(), dana_poet.Session()
    one.run("private:x = 1\npublic:x = 2\nsystem:x = 3")
    assert other.run("[private:x, public:x, system:x]").value == [None, None, None]
    assert one.run("[private:x, public:x, system:x]").value == [1, 2, 3]


def test_own_python_modules_of_one_name_do_not_meet(tmp_path: Path) -> None:
    """Each program gets the module of its own folder, whatever is loaded by that name already."""
    found = []
    for folder, name in (("a", "tools"), ("b", "tools"), ("a", "json"), ("b", "random")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{name}.py").write_text(f"here = {folder + name!r}\n")
        program = tmp_path / folder / f"use_{name}.na"
        program.write_text(f"import {name}.py as m\nm.here")
        found.append(dana_poet.run(program).value)
    assert found == ["atools", "btools", "ajson", "brandom"]


def test_names_of_a_session_stay_its_own() -> None:
    """A session keeps what its texts define, functions as methods included."""
    session = dana_poet.Session()
    session.run("def twice(x): x * 2\nstruct P:\n    n: int")
    assert session.run("def f(v): v.twice()\n[(2).twice(), f(3), P(n=1).n.twice()]").value == [4, 6, 2]
    with pytest.raises(NameError):
        dana_poet.Session().run("twice")
