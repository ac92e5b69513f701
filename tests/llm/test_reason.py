from __future__ import annotations

import subprocess
import sys
from typing import Any, ClassVar

import pytest

from dana_poet.errors import DanaCallError, DanaTypeError, DanaValueError, LLMError, LLMNotConfigured
from dana_poet.llm import Message, Reply, ScriptedModel, use_model
from dana_poet.runtime.promise import force
from dana_poet.runtime.reason import ask, context_aware_reason, llm, reason, set_model
from dana_poet.runtime.structs import struct


class City:
    """A city with people in it."""

    __dana_fields__: ClassVar[dict[str, tuple[Any, bool]]] = {
        "name": (str, False), "people": (int, False), "tags": (list[str], True),
    }  # fmt: skip

    def __init__(self, **fields: Any) -> None:
        for name in fields:
            if name not in self.__dana_fields__:
                raise DanaCallError(f"City has no field '{name}'")
        if missing := [n for n, (_, default) in self.__dana_fields__.items() if n not in fields and not default]:
            raise DanaCallError(f"City needs a value for {', '.join(missing)}")
        self.fields = {"tags": [], **fields}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, City) and other.fields == self.fields

    def __hash__(self) -> int:
        return hash(self.fields["name"])


class Country:
    """A struct with structs inside, itself among them."""

    __dana_fields__: ClassVar[dict[str, tuple[Any, bool]]] = {}

    def __init__(self, **fields: Any) -> None:
        self.fields = fields


Country.__dana_fields__.update({
    "capital": (City, False), "cities": (list[City], False), "neighbours": (list[Country], True), "note": (None, True),
})  # fmt: skip

BERLIN = City(name="Berlin", people=3_700_000)
BERLIN_JSON = '{"name": "Berlin", "people": 3700000}'


def asked(shape: Any, *replies: str | Reply, **options: Any) -> tuple[Any, ScriptedModel]:
    """Return what `reason` gives for these replies, and the model with its questions."""
    model = ScriptedModel(list(replies))
    with use_model(model):
        return reason("How is it?", options, shape=shape), model


@pytest.mark.parametrize(("shape", "reply", "value"), [
    (int, "42", 42),
    (int, " **42.** ", 42),
    (int, "1,234,567", 1_234_567),
    (int, "3.0", 3),
    (int, "-7", -7),
    (int, "```\n42\n```", 42),
    (int, "<think>maybe 41, or [1]</think>\n42", 42),
    (float, "3.5", 3.5),
    (float, "1,000.5", 1000.5),
    (float, "`2`", 2.0),
    (bool, "Yes", True),
    (bool, "no.", False),
    (bool, "Yes, because the mean moved.", True),
    (bool, "**No**, it did not.", False),
    (str, "All is well.", "All is well."),
    (str, "42", "42"),
    (None, '{"a": 1}', '{"a": 1}'),
    (Any, "[1]", "[1]"),
    (list, '["a", 1]', ["a", 1]),
    (list[int], '["1", 2.0]', [1, 2]),
    (list[str], '```json\n["a", "b"]\n```', ["a", "b"]),
    (list[str], 'Here they are:\n```json\n["a"]\n```\nAnything else?', ["a"]),
    (list[int], "The primes are [2, 3, 5], as you know.", [2, 3, 5]),
    (list[str], '{"colors": ["red", "blue"]}', ["red", "blue"]),
    (list[float], "[1, 2.5]", [1.0, 2.5]),
    (dict, 'Sure! {"a": {"b": [1]}} Done.', {"a": {"b": [1]}}),
    (dict[str, int], '{"a": "1"}', {"a": 1}),
    (dict, '{"text": "a } brace"}', {"text": "a } brace"}),
    (tuple[int, str], '[1, "a"]', (1, "a")),
    (set[str], '["a", "a"]', {"a"}),
    (City, BERLIN_JSON, BERLIN),
    (City, '```\n{"name": "Berlin", "people": "3700000", "tags": []}\n```', BERLIN),
    (list[City], f"[{BERLIN_JSON}]", [BERLIN]),
    (dict[str, City], f'{{"de": {BERLIN_JSON}}}', {"de": BERLIN}),
    (int | None, "null", None),
    (int | None, "None", None),
    (int | None, "5", 5),
    (City | None, "null", None),
    (City | None, BERLIN_JSON, BERLIN),
    (int | float, "3.5", 3.5),
    (int | str, "42", 42),
    (int | str, "many", "many"),
    (list[int] | str, "See [1] and [2].", "See [1] and [2]."),
    (list[int] | str, "[1, 2]", [1, 2]),
    (list[int] | int, "42", 42),
    (bool | dict, "yes", True),
])  # fmt: skip
def test_an_answer_becomes_a_value_of_the_shape(shape: Any, reply: str, value: object) -> None:
    """In all the ways in which models wrap what they were asked for, with one question."""
    got, model = asked(shape, reply)
    assert got == value
    assert type(got) is type(value)
    assert len(model.requests) == 1


@pytest.mark.parametrize(("shape", "bad", "good", "value", "problem"), [
    (int, "There are about 8.", "8", 8, "'There are about 8' is not int"),
    (int, "3.7", "4", 4, "'3.7' is not int"),
    (int, "null", "4", 4, "'null' is not int"),
    (float, "a lot", "2.5", 2.5, "'a lot' is not float"),
    (bool, "It depends.", "yes", True, "'It depends' is not bool"),
    (list[int], "none", "[]", [], "the answer holds no complete JSON"),
    (list[int], "null", "[1]", [1], "null is not list[int]"),
    (list[int], '[1, "x"]', "[1]", [1], "cannot coerce 'x' (str) to int"),
    (list[int], '{"answers": [1, 2', "[1, 2]", [1, 2], "the answer holds no complete JSON"),
    (list[int], "Either [1] or [2].", "[1]", [1], "holds 2 different values"),
    (dict, "[1]", '{"a": 1}', {"a": 1}, "cannot coerce"),
    (dict, "{'a': 1}", '{"a": 1}', {"a": 1}, "no complete JSON"),
    (City, '{"name": "Berlin"}', BERLIN_JSON, BERLIN, "City needs a value for people"),
    (City, '{"town": "Berlin", "people": 1}', BERLIN_JSON, BERLIN, "City has no field 'town'"),
    (City, '{"name": "Berlin", "people": "many"}', BERLIN_JSON, BERLIN, "cannot coerce 'many' (str) to int"),
    (int, "", "1", 1, "the answer is empty"),
    (int | float, "some", "1", 1, "'some' is not int | float"),
])  # fmt: skip
def test_a_wrong_answer_is_repaired_once(shape: Any, bad: str, good: str, value: object, problem: str) -> None:
    """The model sees its answer, what was wrong with it, and the shape again."""
    got, model = asked(shape, bad, good)
    assert got == value
    *_, first, answer, repair = model.requests[1].messages
    assert (first.role, answer, repair.role) == ("user", Message("assistant", bad), "user")
    assert problem in repair.content
    assert first.content.split("\n\n", 1)[1] in repair.content


@pytest.mark.parametrize("shape", [int, list[int], City, int | None, dict])
def test_two_wrong_answers_are_an_error_and_never_the_raw_text(shape: Any) -> None:
    """The error shows the answer's beginning and says what to change."""
    with pytest.raises(DanaTypeError) as caught:
        asked(shape, "I would rather not.", "I said no " * 100)
    assert "the model's answer is not " in caught.value.message
    assert "after one repair: 'I said no" in caught.value.message
    assert len(caught.value.message) < 320
    assert "leave the type out to get the text" in caught.value.hint


def test_a_cut_answer_is_not_a_short_one() -> None:
    """`4` of `42`: a number that the token limit ended is not a number."""
    with pytest.raises(DanaTypeError) as caught:
        asked(int, Reply(text="4", finish="length"), Reply(text="4", finish="length"))
    assert "cut at max_tokens" in caught.value.hint


def test_an_empty_text_is_an_error_that_tells_why() -> None:
    """Reasoning models use up max_tokens before they say a word."""
    with pytest.raises(LLMError, match="no text") as caught:
        asked(None, Reply(text="", finish="length"))
    assert "max_tokens" in caught.value.hint


def test_the_model_is_told_the_shape() -> None:
    """In words for one value, as JSON schema for the others; the request carries it for servers that take one."""
    _, model = asked(int, "1")
    assert model.requests[0].prompt == "How is it?\n\nAnswer with one integer in digits and nothing else."
    assert model.requests[0].schema == {"type": "integer"}
    _, model = asked(City, BERLIN_JSON)
    schema = {
        "type": "object",
        "description": "A city with people in it.",
        "properties": {
            "name": {"type": "string"},
            "people": {"type": "integer"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["name", "people"],
        "additionalProperties": False,
    }
    assert model.requests[0].schema == schema
    assert model.requests[0].schema_name == "City"
    assert '"people": {"type": "integer"}' in model.requests[0].prompt
    _, model = asked(str, "x")
    assert (model.requests[0].prompt, model.requests[0].schema) == ("How is it?", None)


def test_structs_inside_structs_are_described_once() -> None:
    """By reference, so that a struct may contain itself."""
    _, model = asked(Country, f'{{"capital": {BERLIN_JSON}, "cities": []}}')
    schema: Any = model.requests[0].schema
    assert schema["properties"]["capital"] == {"$ref": "#/$defs/City"}
    assert schema["properties"]["cities"] == {"type": "array", "items": {"$ref": "#/$defs/City"}}
    assert schema["properties"]["neighbours"] == {"type": "array", "items": {"$ref": "#"}}
    assert schema["properties"]["note"] == {}
    assert list(schema["$defs"]) == ["City"]


@struct("struct", lambda: {"name": str, "size": float}, ("size",), tuple)
class Box:
    """What a program's own struct becomes."""

    __slots__ = ("name", "size")

    def __init__(self, name: str, size: float = 1.0) -> None:
        self.name = name
        self.size = size


def test_a_struct_of_a_program_is_a_shape() -> None:
    """Made as the runtime makes it: schema, coercion, repair and mock go through its own checks."""
    assert asked(Box, '{"name": "a", "size": 2}')[0] == Box("a", 2.0)
    got, model = asked(list[Box], '[{"name": "a", "width": 2}]', '[{"name": "a"}]')
    assert got == [Box("a", 1.0)]
    assert "width" in model.requests[1].prompt
    assert reason("?", use_mock=True, shape=Box) == Box("mock_name", 3.14)


def test_a_shape_that_no_text_can_take_is_refused_before_the_question() -> None:
    """Nobody pays for an answer that cannot be used."""
    model = ScriptedModel(["x"])
    with use_model(model), pytest.raises(DanaTypeError, match="a model cannot answer with a ScriptedModel"):
        reason("How is it?", shape=ScriptedModel)
    assert model.requests == []


@pytest.mark.parametrize("shape", [
    int, float, bool, str, None, list, dict, list[int], list[City], dict[str, float], City, Country, int | None,
    City | None, tuple[int, ...], set[str], list[dict[str, list[City]]],
])  # fmt: skip
def test_the_mock_fits_every_shape(shape: Any) -> None:
    """No program fails under DANA_MOCK_LLM for the mock's sake."""
    assert reason("How is it?", use_mock=True, shape=shape) is not None


def test_the_mock_is_the_documented_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs and their tests rely on these values."""
    monkeypatch.setenv("DANA_MOCK_LLM", "true")
    assert reason("?", shape=int) == 42
    assert reason("?", shape=dict) == {"result": "mock_data", "status": "success"}
    assert len(reason("?", shape=list)) == 3
    assert reason("Tell me").startswith("This is a mock response. ")
    assert "Tell me" in ask("Tell me")
    with pytest.raises(LLMNotConfigured):
        reason("?", use_mock=False)


def test_options_reach_the_model() -> None:
    """As a dict, as keywords, keywords first; older spellings too."""
    model = ScriptedModel({"": "ok"})
    with use_model(model):
        reason("?", {"temperature": 0, "max_tokens": 5, "system_message": "Be brief."}, max_tokens=9, timeout=3)
        reason("?", system="Sing.", model="big", enable_ipv=True)
    first, second = model.requests
    assert (first.temperature, first.max_tokens, first.timeout_seconds) == (0.0, 9, 3.0)
    assert first.messages[0] == Message("system", "Be brief.")
    assert (second.messages[0].content, second.model) == ("Sing.", "big")


@pytest.mark.parametrize(("options", "kind", "message", "hint"), [
    ({"temprature": 1}, DanaValueError, "a model call has no option 'temprature'", "did you mean 'temperature'?"),
    ({"quux": 1}, DanaValueError, "a model call has no option 'quux'", "options are temperature"),
    ({"temperature": "hot"}, DanaTypeError, "option 'temperature' takes a number, got 'hot'", ""),
    ({"temperature": 3}, DanaValueError, "option 'temperature' must be between 0 and 2, got 3", ""),
    ({"max_tokens": 0}, DanaValueError, "option 'max_tokens' must be at least 1, got 0", ""),
    ({"max_tokens": 1.5}, DanaTypeError, "option 'max_tokens' takes a whole number, got 1.5", ""),
    ({"model": 4}, DanaTypeError, "option 'model' takes a text, got 4", ""),
    ({"format": "xml"}, DanaValueError, "option 'format' is \"text\" or \"json\", got 'xml'", ""),
])  # fmt: skip
def test_a_wrong_option_is_told(options: dict[str, Any], kind: type[Exception], message: str, hint: str) -> None:
    """Before anything is asked, by `reason` and by `llm` at once."""
    for call in (reason, llm, context_aware_reason):
        with pytest.raises(kind) as caught:
            call("?", options, use_mock=True)
        assert str(caught.value) == message
        assert hint in getattr(caught.value, "hint", "")


def test_options_that_are_no_dict_are_told() -> None:
    """`reason("...", "json")` is a mistake."""
    with pytest.raises(DanaTypeError, match="options of a model call are a dict"):
        reason("?", "json", use_mock=True)  # type: ignore[arg-type]


def test_an_option_that_is_null_is_left_to_the_settings() -> None:
    """Programs pass options on."""
    _, model = asked(None, "ok", temperature=None, context=None)
    assert (model.requests[0].temperature, model.requests[0].prompt) == (None, "How is it?")


def test_format_json_gives_the_value() -> None:
    """An older spelling of a shape; text that is no JSON is repaired like any other."""
    assert asked(None, '```json\n{"a": [1]}\n```', format="json")[0] == {"a": [1]}
    assert asked(None, "sorry", "[1]", format="json")[0] == [1]


def test_context_and_resources_are_part_of_the_question() -> None:
    """What the program knows and what its resources know about the prompt."""

    class Manual:
        name = "manual"

        def query(self, prompt: str) -> str:
            return f"page 7 about {prompt}"

    class Helper:
        name, description = "Helper", "helps"

    _, model = asked(None, "ok", context={"a": 1}, resources=[Manual()], agents=Helper())
    assert model.requests[0].prompt == (
        'How is it?\n\nContext:\n{"a": 1}\n\nFrom manual:\npage 7 about How is it?\n\nAgents at work here:\nHelper: helps'
    )


@pytest.mark.parametrize("context", [{(1, 2): "a"}, [City], "plain", 3, {1, 2}])
def test_any_value_may_be_context(context: object) -> None:
    """It is shown as JSON where it can be."""
    _, model = asked(None, "ok", context=context)
    assert "Context:\n" in model.requests[0].prompt


@pytest.mark.parametrize("prompt", ["", "  ", None])
def test_an_empty_prompt_is_told(prompt: object) -> None:
    """A server would answer it with anything."""
    with pytest.raises(DanaValueError, match="the prompt is empty"):
        reason(prompt, use_mock=True)


def test_a_prompt_may_be_any_value() -> None:
    """It is shown as text."""
    assert "[1, 2]" in reason([1, 2], use_mock=True)


def test_a_failing_model_is_not_hidden() -> None:
    """Errors of the model pass through as they are."""
    with use_model(ScriptedModel([LLMError("down")])), pytest.raises(LLMError, match="down"):
        reason("?", shape=int)


def test_ask_carries_a_conversation() -> None:
    """Agents chat with it: system message, earlier turns in any of three forms, options."""
    model = ScriptedModel(["fine"])
    with use_model(model):
        turns: list[Any] = [("user", "Hi"), {"role": "assistant", "content": "Hello"}, Message("user", "Well")]
        assert ask("How are you?", system="Be kind.", history=turns, options={"temperature": 1}) == "fine"
    assert model.requests[0].messages == (
        Message("system", "Be kind."), Message("user", "Hi"), Message("assistant", "Hello"), Message("user", "Well"),
        Message("user", "How are you?"),
    )  # fmt: skip
    assert model.requests[0].temperature == 1.0
    with use_model(model := ScriptedModel(["fine"])):
        ask("?", options={"system_message": "Be brief."})
    assert model.requests[0].messages[0] == Message("system", "Be brief.")


def test_an_earlier_turn_that_is_none_is_told() -> None:
    """With the form that it should have."""
    with pytest.raises(DanaValueError, match="an earlier turn is 'Hello'"):
        ask("?", history=["Hello"])  # type: ignore[list-item]


def test_set_model_names_the_model_from_there_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name it only tells which one is in force."""
    import contextvars

    def program() -> list[str]:
        model = ScriptedModel({"": "ok"})
        with use_model(model):
            before = set_model()
            set_model("big")
            reason("?")
            reason("?", model="other")
        return [before, set_model(), *(request.model for request in model.requests)]

    monkeypatch.setenv("DANA_LLM_MODEL", "small")
    assert contextvars.copy_context().run(program) == ["small", "big", "big", "other"]
    assert set_model() == "small"
    with pytest.raises(DanaValueError):
        set_model(" ")


def test_llm_promises_what_reason_returns() -> None:
    """And asks the model of the place where it was called."""
    with use_model(ScriptedModel(["7"])):
        answer = llm("?", shape=int)
    assert force(answer) == 7
    assert f"{answer}" == "7"


def test_importing_reason_costs_nothing() -> None:
    """Only programs that ask a model pay for its client."""
    program = "import sys, dana_poet.runtime.reason; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"httpx", "tenacity", "asyncio", "json", "dataclasses", "dana_poet.llm"} & set(done.stdout.split()) == set()


def test_the_door_to_models_loads_no_library() -> None:
    """The client's libraries come with the first question to a server."""
    program = "import sys, dana_poet.llm; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"httpx", "tenacity", "asyncio", "pydantic", "ssl"} & set(done.stdout.split()) == set()
