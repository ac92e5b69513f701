"""The template generator: readable Python, the same each time, from hints, the body and the domain."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from dana_poet.codegen.generator import GenerationError, GenerationRequest, Generator
from dana_poet.codegen.original import Original
from dana_poet.codegen.template_generator import TemplateGenerator
from dana_poet.domains import names
from dana_poet.errors import DanaTypeError
from dana_poet.stages import poet

FETCH = "import requests\ndef fetch(user_id: int, url: str = 'https://a.test') -> dict:\n    return requests.get(url).json()"


def plain(n: int) -> int:
    """Return a number."""
    return n


def generated(text: str, domain: str = "base", **options: Any) -> str:
    """Return the source for the first function of a text."""
    return TemplateGenerator().generate(GenerationRequest(Original.of_source(text), domain, options)).source


def test_a_function_is_asked_for_as_it_stands() -> None:
    """A request, a function, one with `@poet` (its domain and options count), or a source: all say what is wanted."""
    given = TemplateGenerator().generate(plain)
    assert given.source == TemplateGenerator().generate(Original.of(plain)).source
    enhanced = TemplateGenerator().generate(poet(domain="api")(plain))
    assert "domain api" in enhanced.source
    assert "def fetch(" in TemplateGenerator().generate(FETCH).source
    with pytest.raises(DanaTypeError, match="a function or its source"):
        TemplateGenerator().generate(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("domain", names())
def test_every_domain_gives_python_of_the_same_signature(domain: str) -> None:
    """It parses, says that rules made it, and can be called as the original is."""
    source = generated(FETCH, domain)
    tree = ast.parse(source)
    assert "rule-based" in (ast.get_docstring(tree) or "")
    assert f"domain {domain}" in source
    made = Original.of_source(source)
    assert (made.name, made.signature) == ("fetch", Original.of_source(FETCH).signature)
    assert source == generated(FETCH, domain)


def test_two_domains_give_two_enhancements() -> None:
    """What a domain asks for is in the text."""
    assert generated(FETCH, "api") != generated(FETCH, "financial_services")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("async def f(x: int) -> int: return x", "async"),
        ("def f(x: int):\n    yield x", "generator"),
        ("async def f(x: int):\n    yield x", "async_generator"),
        ("def f(a, /, b: 'list[int]', *c, d: str = 'x', **e): return a", "function"),
        ("def f(poet, running, result=None, *error, extra, **more): return poet", "function"),
        ("def f(): return 1", "function"),
        ("def f(a, b, /): return 1", "function"),
        ("def f(*, a): return 1", "function"),
    ],
)
def test_every_form_keeps_its_kind_and_signature(text: str, kind: str) -> None:
    """Async stays async, generators stay generators."""
    made = Original.of_source(generated(text))
    assert made.kind == kind
    assert ast.unparse(made.tree().args) == ast.unparse(ast.parse(made.source).body[0].args)  # type: ignore[attr-defined]
    wanted = Original.of_source(text).signature.replace("'list[int]'", "list[int]")
    assert made.signature == wanted


def test_the_text_follows_the_body_and_the_options() -> None:
    """A network body has a breaker; a goal is told; a write is not repeated."""
    assert "poet.troubled" in generated(FETCH)
    assert "poet.troubled" not in generated("def f(x): return x")
    assert "poet.completed(" in generated(FETCH, optimize_for="speed")
    assert "poet.completed(" not in generated(FETCH)
    writes = "def f(x):\n    open(x, 'w')"
    assert "never tried again" in generated(writes)
    assert "tried again 4 times" in generated(writes, retries=4)


def test_it_is_a_generator_and_its_faults_have_a_reason() -> None:
    """As every generator's."""
    generator = TemplateGenerator()
    assert isinstance(generator, Generator)
    original = Original.of_source("def f(): pass")
    assert generator.generate(GenerationRequest(original)).origin == "rules"
    with pytest.raises(GenerationError) as fault:
        generator.generate(GenerationRequest(original, "finacial_services"))
    assert fault.value.reason == "wrong_option"
