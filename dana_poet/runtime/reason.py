"""Ask the configured model from a program: `reason`, `llm`, `set_model`, `context_aware_reason`, and `ask` for agents.

`import dana_poet.runtime.reason` costs nothing; the model client is loaded with the first question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from dana_poet.errors import DanaTypeError, DanaValueError, LLMError
from dana_poet.runtime import place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from dana_poet.llm import LanguageModel, Message, Reply, Request
    from dana_poet.llm.options import Options
    from dana_poet.llm.request import Role
    from dana_poet.runtime.promise import Promise

SYSTEM_MESSAGE = "You are a helpful assistant inside a program. Answer correctly and briefly."
EXCERPT_CHARACTERS = 200


def reason(
    prompt: object,
    options: Mapping[str, object] | None = None,
    *,
    use_mock: bool | None = None,
    shape: Any = None,
    **more: object,
) -> Any:
    """Return the model's answer to `prompt`: text, or a value of `shape` (the type that it is assigned to).

    The answer is read and coerced to `shape`; when that fails the model is told why and asked once more. Options, as
    dict or keywords: temperature, max_tokens, timeout_seconds, model, system_message, format ("text" or "json"),
    context, resources, agents. `use_mock` True asks the mock, False never does. LLMNotConfigured without a model,
    LLMError when it cannot be asked, DanaTypeError when its answers are not of the shape, DanaValueError for an
    unknown option or an empty prompt.

    >>> reason("How many planets are there?", use_mock=True, shape=int)
    42
    """
    return _Reasoning(prompt, _options(options, more), use_mock, shape).value()


def llm(
    prompt: object,
    options: Mapping[str, object] | None = None,
    *,
    use_mock: bool | None = None,
    shape: Any = None,
    **more: object,
) -> Promise:
    """Return a promise of the model's answer; arguments as for `reason`. Wrong options are an error at once."""
    question = _Reasoning(prompt, _options(options, more), use_mock, shape)
    from dana_poet.runtime.promise import spawn

    return spawn(question.value, label="llm")


def context_aware_reason(
    prompt: object,
    options: Mapping[str, object] | None = None,
    *,
    use_mock: bool | None = None,
    shape: Any = None,
    **more: object,
) -> Any:
    """Return what `reason` returns: every `reason` knows the type that its answer is assigned to."""
    return reason(prompt, options, use_mock=use_mock, shape=shape, **more)


def set_model(name: str | None = None) -> str:
    """Ask for the model `name` from here on, and return the name in force; without a name only return it."""
    from dana_poet.llm import choose

    if name is not None:
        if not str(name).strip():
            raise DanaValueError("set_model needs the name of a model", hint='write set_model("gpt-4o-mini")')
        choose.set_model_name(str(name).strip())
    return choose.model_name()


def ask(
    prompt: object,
    *,
    system: str | None = None,
    history: Iterable[Message | tuple[str, str] | Mapping[str, str]] = (),
    options: Mapping[str, object] | None = None,
) -> str:
    """Return the model's answer as text, for a conversation.

    `history` holds the earlier turns, each a Message, (role, text), or {"role": ..., "content": ...}.

    >>> from dana_poet.llm import ScriptedModel, use_model
    >>> with use_model(ScriptedModel(["Hi again"])):
    ...     ask("Hello", history=[("user", "Hello"), ("assistant", "Hi")])
    'Hi again'
    """
    given = _options(options, {"system_message": system})
    return str(_Reasoning(prompt, given, None, None, tuple(map(_turn, history))).value())


def _options(options: Mapping[str, object] | None, more: Mapping[str, object]) -> Options:
    from dana_poet.llm.options import read_options

    return read_options(options, more)


def _turn(turn: Message | tuple[str, str] | Mapping[str, str]) -> Message:
    from dana_poet.llm import Message

    match turn:
        case Message():
            return turn
        case {"role": role, "content": content} | (role, content):
            return Message(cast("Role", role), str(content))
        case _:
            raise DanaValueError(f"an earlier turn is {turn!r}", hint='turns look like ("user", "Hello")')


def is_mocked() -> bool:
    """Whether the mock model answers here: what it is told is read by nobody."""
    from dana_poet.llm import MockModel, current_model

    return isinstance(_under_settings(place.current(), current_model), MockModel)


def _under_settings(here: place.Place | None, function: Callable[[], Any]) -> Any:
    """Call `function` under the settings of the program that asks, when that was loaded and its run is over."""
    return function() if here is None or here.program is None else here.program.within(function)


class _Reasoning:
    """One question of a program: builds the request, reads the answer, asks once for a repair."""

    def __init__(
        self, prompt: object, options: Options, use_mock: bool | None, shape: Any, history: tuple[Message, ...] = ()
    ) -> None:
        from dana_poet.llm.shape import instruction, is_text, shape_schema

        # str() also makes a promised or f-string prompt plain, which JSON needs.
        self._prompt = "" if prompt is None else str(prompt)
        if not self._prompt.strip():
            raise DanaValueError("the model is asked nothing: the prompt is empty")
        self._shape = dict | list if options.format == "json" and is_text(shape) else shape
        self._schema = None if is_text(self._shape) else shape_schema(self._shape)
        self._instruction = instruction(self._schema) if self._schema else ""
        self._options, self._use_mock, self._history = options, use_mock, history
        self._here = place.current()

    def value(self) -> Any:
        """Return the answer as a value of the shape."""
        return _under_settings(self._here, self._value)

    def _value(self) -> Any:
        from dana_poet.llm import Message, MockModel, current_model

        model = current_model(mock=self._use_mock)
        messages = self._messages(asks=not isinstance(model, MockModel))
        reply = model.complete(self._request(messages))
        if self._schema is None:
            return _said(reply)
        try:
            return self._read(reply)
        except DanaTypeError as problem:
            wrong = f"Your answer cannot be used: {problem}. {self._instruction}"
            turns = (*messages, Message("assistant", reply.text), Message("user", wrong))
            return self._repaired(model, self._request(turns))

    def _repaired(self, model: LanguageModel, request: Request) -> Any:
        from dana_poet.runtime.coerce import type_name

        reply = model.complete(request)
        try:
            return self._read(reply)
        except DanaTypeError as problem:
            raise DanaTypeError(
                f"the model's answer is not {type_name(self._shape)}, after one repair: {_excerpt(reply.text)}",
                hint=f"{problem.message}; say in the prompt what you need, or leave the type out to get the text",
            ) from problem

    def _messages(self, *, asks: bool) -> tuple[Message, ...]:
        from dana_poet.llm import Message

        parts = (self._prompt, *_background(self._options, self._prompt, asks=asks), self._instruction)
        system = Message("system", self._options.system_message or SYSTEM_MESSAGE)
        return (system, *self._history, Message("user", "\n\n".join(part for part in parts if part)))

    def _request(self, messages: tuple[Message, ...]) -> Request:
        from dana_poet.llm import Request
        from dana_poet.llm.choose import chosen_name

        options = self._options
        return Request(
            messages=messages,
            model=options.model or chosen_name(),
            temperature=options.temperature,
            max_tokens=options.max_tokens,
            timeout_seconds=options.timeout_seconds,
            schema=self._schema,
            schema_name=getattr(self._shape, "__name__", "answer"),
        )

    def _read(self, reply: Reply) -> Any:
        from dana_poet.runtime.typed_answer import read_answer

        if reply.finish == "length":
            raise DanaTypeError("the answer is cut at max_tokens")
        return read_answer(reply.text, self._shape)


def _said(reply: Reply) -> str:
    from dana_poet.llm.answer import without_thinking

    text = without_thinking(reply.text)
    if not text:
        cut = reply.finish == "length"
        raise LLMError(
            "the model answered with no text",
            hint="max_tokens ended it before it began: allow more" if cut else f"it stopped because of: {reply.finish}",
        )
    return text


def _background(options: Options, prompt: str, *, asks: bool) -> list[str]:
    """Return what a question is to be answered from: the context, what the resources know, who the agents are.

    Resources are asked only where `asks`: the mock model would not read what they say.
    """
    parts = [] if options.context is None else [f"Context:\n{_plain(options.context)}"]
    for resource in _listed(options.resources) if asks else ():
        query = getattr(resource, "query", None)
        parts.append(f"From {_name(resource)}:\n{_plain(query(prompt) if callable(query) else resource)}")
    agents = [f"{_name(agent)}: {getattr(agent, 'description', '')}".rstrip(": ") for agent in _listed(options.agents)]
    return [*parts, "Agents at work here:\n" + "\n".join(agents)] if agents else parts


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    if isinstance(given, dict):
        return list(given.values())
    return list(given) if isinstance(given, (list, tuple, set, frozenset)) else [given]


def _name(thing: object) -> str:
    return str(getattr(thing, "name", None) or getattr(thing, "__name__", None) or type(thing).__name__)


def _plain(value: Any) -> str:
    """Return a value as a model reads it best: text as it is, data as JSON, anything else as Dana shows it."""
    if isinstance(value, str):
        return str(value)
    import json

    try:
        return json.dumps(value, default=repr, ensure_ascii=False)
    except (TypeError, ValueError):  # keys that are no text, or a list that contains itself
        return str(value)


def _excerpt(text: str) -> str:
    return repr(text if len(text) <= EXCERPT_CHARACTERS else text[: EXCERPT_CHARACTERS - 3] + "...")
