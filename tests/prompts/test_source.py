"""The prompt of a function: found, replaced, and nothing else changed."""

from __future__ import annotations

import textwrap

import pytest

from dana_poet.llm import ScriptedModel, use_model
from dana_poet.prompts import PromptError, PromptSource, PromptTemplate
from dana_poet.runtime.reason import reason

FOUND = {
    'return llm.complete(f"Analyze: {x}")': "Analyze: {x}",
    'prompt = f"""Is {x!r:>9} good?"""\nreturn llm.complete(prompt, max_tokens=9)': "Is {x!r:>9} good?",
    'return client.complete(Request(messages=(Message("user", f"Sum {x.name} up"),)))': "Sum {x.name} up",
    'return client.chat.completions.create(messages=[{"role": "user", "content": "Sum {x} up".format(x=x)}])': "Sum {x} up",
    'text = "Is {x} good?"\nreturn ask(text.format(x=x))': "Is {x} good?",
    'return reason("Sum up: " + x)': "Sum up: ",
    'return reason(f"Sum {x} {{up}}")': "Sum {x} {{up}}",
}
NASTY = "Say \"hi\" \\n \\ {{a}} 'x' \x00 \u202e é \"\"\" '''\nend\n\n  indented"


def source_of(body: str) -> str:
    """Return a function around a body."""
    return f"def f(x):\n{textwrap.indent(body, '    ')}\n"


@pytest.mark.parametrize("body", FOUND)
def test_a_prompt_is_found_where_it_goes_to_a_model(body: str) -> None:
    """As an f-string, for format, as a plain text, through a name, inside of messages."""
    assert PromptSource.of_source(source_of(body)).template.text == FOUND[body]


@pytest.mark.parametrize("body", FOUND)
def test_another_prompt_is_written_as_it_is_meant(body: str) -> None:
    """Whatever quotes, braces, line breaks and invisible characters it has."""
    found = PromptSource.of_source(source_of(body))
    new = PromptTemplate(f"{NASTY}\n{found.template.text}\n{NASTY}")
    source = found.with_prompt(new)
    assert found.why_other(source, new) == ""
    assert found.prompt_in(source).pieces == new.pieces


@pytest.mark.parametrize(
    "change",
    [
        ("return", "import os; return"),
        ("def f(x)", "def f(x, y=1)"),
        ("llm.complete", "llm.other"),
        ("{x}", "{open(x)}"),
        ("{x}", "{x} {x}"),
        ("{x}", ""),
        ("llm.complete(", "llm.complete(x, "),
    ],
)
def test_code_that_differs_in_more_than_the_prompt_is_refused(change: tuple[str, str]) -> None:
    """What a prompt version may do is what the original does."""
    source = source_of('return llm.complete(f"Analyze: {x}")')
    found = PromptSource.of_source(source)
    assert found.why_other(source) == ""
    assert found.why_other(source.replace(*change)) != ""


@pytest.mark.parametrize("text", ["Analyze", "{x} {y}", "{x} {x}", "{x.__class__}", "{__import__('os')}"])
def test_a_prompt_with_other_placeholders_is_refused(text: str) -> None:
    """A proposer cannot bring code in."""
    found = PromptSource.of_source(source_of('return llm.complete(f"Analyze: {x}")'))
    with pytest.raises(PromptError, match="placeholder"):
        found.with_prompt(PromptTemplate(text))


@pytest.mark.parametrize("text", ["{", "}", "{}", "a {b"])
def test_open_braces_are_no_template(text: str) -> None:
    """They are refused with what to write instead."""
    with pytest.raises(PromptError) as caught:
        PromptTemplate(text)
    assert caught.value.hint


@pytest.mark.parametrize("body", ["return x + 1", "return llm.complete(x)", 'print("Analyze: this")'])
def test_a_function_without_a_prompt_says_so(body: str) -> None:
    """With what to do about it."""
    with pytest.raises(PromptError, match="no prompt"):
        PromptSource.of_source(source_of(body))


def test_a_version_keeps_globals_closure_and_defaults() -> None:
    """It is the same function with another text."""
    suffix = "!"

    def mood(text: str, *, more: str = "now") -> str:
        return str(reason(f"Mood of {text} {more}{suffix}"))

    found = PromptSource.of(mood)
    new = found.function(mood, PromptTemplate("{text}? {more}{suffix} One word."))
    with use_model(ScriptedModel({"One word": "glad", "": "I think that it is glad"})):
        assert (mood("this"), new("this")) == ("I think that it is glad", "glad")
    assert new.__kwdefaults__ == {"more": "now"}
