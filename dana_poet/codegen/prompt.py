"""What a model is asked: one prompt from the domain's template, the function, its options, examples and past mistakes.

The same request gives the same prompt in every process, so that its hash can name an answer in a cache.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.generator import GenerationError
from dana_poet.codegen.prompt_data import clean, fenced, shown
from dana_poet.codegen.prompt_rules import system_text
from dana_poet.llm.request import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dana_poet.codegen.generator import GenerationRequest

VERSION = 1
SOURCE_CHARACTERS = 24_000
MOST_EXAMPLES = 8
TEMPLATE_CHARACTERS = 6_000
# Options that say how versions are made and run: they tell a model nothing about the function.
_MACHINERY = frozenset(
    "generator examples run canary shadow budget learning features domain state perceive operate enforce train fallback "
    "retries timeout version audit".split()
)
_SECRET = re.compile(r"key|token|secret|password|credential", re.IGNORECASE)
_CALL_WORDS = {
    "function": "an ordinary function",
    "async": "an `async def` function",
    "generator": "a generator",
    "async_generator": "an async generator",
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """The messages of one question to a model."""

    messages: tuple[Message, ...]

    @property
    def hash(self) -> str:
        """The SHA-256 of the messages as canonical JSON, 64 hex digits."""
        said = [VERSION, *([message.role, message.content] for message in self.messages)]
        return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()

    def after(self, source: str, problem: str) -> Prompt:
        """Return the prompt of a repair turn: this one, the answer to it, and what is wrong with that answer.

        >>> from dana_poet.llm.request import Message
        >>> len(Prompt((Message("user", "write f"),)).after("def f(): ...", "f() is 1").messages)
        3
        """
        asked = f"{_REPAIR}\n\n{fenced('problem', [problem])}"
        turns = (Message("assistant", code_block(source)), Message("user", asked))
        return Prompt((*self.messages, *turns))


def build_prompt(request: GenerationRequest) -> Prompt:
    """Return the prompt for a request. GenerationError (reason "source_too_long") for a function that no prompt holds.

    PoetOptionError when the domain's name is a misspelt one.

    >>> from dana_poet.codegen.generator import GenerationRequest
    >>> from dana_poet.codegen.original import Original
    >>> prompt = build_prompt(GenerationRequest(Original.of_source("def twice(n: int) -> int:\\n    return 2 * n")))
    >>> [message.role for message in prompt.messages], "def twice" in prompt.messages[1].content
    (['system', 'user'], True)
    """
    if len(request.original.source) > SOURCE_CHARACTERS:
        raise GenerationError(
            f"{request.original.qualname} is {len(request.original.source):,} characters long; a prompt takes "
            f"{SOURCE_CHARACTERS:,}",
            reason="source_too_long",
            hint="split the function",
        )
    domain = _domain(request.domain)
    system = system_text(domain.grants, domain.imports)
    return Prompt((Message("system", system), Message("user", "\n\n".join(_parts(request, domain)))))


def code_block(source: str) -> str:
    """Return source in a Markdown fence that is longer than any inside it.

    >>> print(code_block("x = 1"))
    ```python
    x = 1
    ```
    """
    longest = max((len(run) for run in re.findall("`{3,}", source)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}python\n{source.rstrip()}\n{fence}"


def _domain(name: str) -> Any:
    from dana_poet.domains import resolve

    return resolve(name)


def _parts(request: GenerationRequest, domain: Any) -> Iterator[str]:
    original = request.original
    what = _CALL_WORDS[original.kind]
    yield f"Write an enhanced version of `{original.name}{original.signature}`, {what} of class '{original.body}'."
    yield code_block(original.source)
    if domain.template:
        yield f"What the domain '{domain.name}' asks for:\n\n{clean(domain.template, TEMPLATE_CHARACTERS)}"
    if wishes := _wishes(request.options):
        yield f"What its author asks for:\n{wishes}"
    if examples := list(dict.fromkeys(_example(original.name, *example) for example in request.examples)):
        yield f"Calls it has to serve:\n\n{fenced('examples', examples[:MOST_EXAMPLES])}"
    if request.parent and len(request.parent) <= SOURCE_CHARACTERS:
        yield f"The version in use, to improve on:\n\n{code_block(request.parent)}"
    if request.counterexamples:
        known = fenced("counterexamples", request.counterexamples)
        yield f"Earlier versions were refused for these calls; yours must get them right:\n\n{known}"
    if request.feedback:
        yield f"What people and monitors said of its results:\n\n{fenced('feedback', request.feedback)}"


def _wishes(options: Mapping[str, Any]) -> str:
    lines = [
        f"- {clean(str(name), 80)}: {'(not shown)' if _SECRET.search(str(name)) else clean(shown(value), 600)}"
        for name, value in sorted(options.items(), key=lambda item: str(item[0]))
        if name not in _MACHINERY and value is not None
    ]
    return "\n".join(lines)


def _example(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    given = [shown(value) for value in args] + [f"{key}={shown(value)}" for key, value in kwargs.items()]
    return f"{name}({', '.join(given)})"


_REPAIR = (
    "This version was refused. Find the cause, then answer with the whole corrected function in one ```python fence. "
    "The same text again will be refused again."
)
