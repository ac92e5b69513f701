"""Settings of a project: `dana.toml`, `[tool.dana-poet]` in `pyproject.toml`, and `DANA_*` variables over both.

A frozen value, checked when it is read. This module is on the way of every program: it loads the TOML reader only
where there is a file to read.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

from dana_poet.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

OPENAI_URL = "https://api.openai.com/v1"


class SettingsWarning(UserWarning):
    """Something in the settings works, and should not stay as it is."""


class Secret:
    """A text that no message, representation or traceback shows.

    >>> Secret("sk-123"), bool(Secret("")), Secret("a").reveal()
    (***, False, 'a')
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text, for the one place that sends it."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


class LLMSettings(NamedTuple):
    """Which language model to ask, and how. `timeout_seconds` is for one question with all its retries.

    `price_in` and `price_out` are US dollars for a million tokens of question and answer; None where nobody says.
    """

    base_url: str = ""
    model: str = ""
    api_key: Secret = Secret("")
    api_key_env: str = "OPENAI_API_KEY"
    organization: str = ""
    timeout_seconds: float = 120.0
    retries: int = 3
    max_tokens: int | None = None
    temperature: float | None = None
    mock: bool = False
    price_in: float | None = None
    price_out: float | None = None


class RunSettings(NamedTuple):
    """How programs run: mixed text/number rules, Python modules beyond the allow-list, folders with modules and domains."""

    auto_coercion: bool = True
    allow_import: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


class StateSettings(NamedTuple):
    """Where agents, learners and events persist; empty means beside the program."""

    dir: str = ""


class LearnSettings(NamedTuple):
    """How feedback is learned from: after which time it is reported that nobody knows the execution it is for."""

    report_after_seconds: float = 86400.0


class Settings(NamedTuple):
    """All settings of one program. `source` is the file they come from, empty without one."""

    llm: LLMSettings = LLMSettings()
    run: RunSettings = RunSettings()
    state: StateSettings = StateSettings()
    source: str = ""
    learn: LearnSettings = LearnSettings()


class Kind(NamedTuple):
    """What a setting takes: its description, how to read it from TOML (None: wrong type) and from a variable."""

    takes: str
    from_toml: Callable[[Any], Any]
    from_text: Callable[[str], Any]


class Key(NamedTuple):
    """One setting: its kind, its environment variable, and the rule its value keeps."""

    kind: Kind
    variable: str
    keeps: Callable[[Any], bool] = lambda _value: True
    rule: str = ""


_FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.replace(",", " ").split() if name)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _texts(value: Any) -> tuple[str, ...] | None:
    return tuple(value) if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


TEXT = Kind("a text", lambda value: value if isinstance(value, str) else None, str.strip)
SECRET = Kind("a text", lambda value: Secret(value.strip()) if isinstance(value, str) else None, Secret)
NUMBER = Kind("a number", lambda value: float(value) if _is_number(value) else None, float)
WHOLE = Kind("a whole number", lambda value: value if _is_number(value) and isinstance(value, int) else None, int)
FLAG = Kind(
    "true or false", lambda value: value if isinstance(value, bool) else None, lambda text: _FLAGS[text.lower()]
)
NAMES = Kind("a list of texts", _texts, _names)
PATHS = Kind("a list of texts", _texts, lambda text: tuple(part for part in text.split(os.pathsep) if part))

KEYS: dict[str, dict[str, Key]] = {
    "llm": {
        "base_url": Key(
            TEXT, "DANA_LLM_BASE_URL", lambda url: url.startswith(("http://", "https://")), "start with http(s)://"
        ),
        "model": Key(TEXT, "DANA_LLM_MODEL"),
        "api_key": Key(SECRET, "DANA_LLM_API_KEY"),
        "api_key_env": Key(TEXT, "DANA_LLM_API_KEY_ENV"),
        "organization": Key(TEXT, "DANA_LLM_ORGANIZATION"),
        "timeout_seconds": Key(NUMBER, "DANA_LLM_TIMEOUT_SECONDS", lambda seconds: seconds > 0, "be above 0"),
        "retries": Key(WHOLE, "DANA_LLM_RETRIES", lambda count: count >= 0, "be 0 or more"),
        "max_tokens": Key(WHOLE, "DANA_LLM_MAX_TOKENS", lambda count: count > 0, "be above 0"),
        "temperature": Key(NUMBER, "DANA_LLM_TEMPERATURE", lambda value: 0 <= value <= 2, "be between 0 and 2"),
        "mock": Key(FLAG, "DANA_MOCK_LLM"),
        "price_in": Key(NUMBER, "DANA_LLM_PRICE_IN", lambda price: price >= 0, "be 0 or more"),
        "price_out": Key(NUMBER, "DANA_LLM_PRICE_OUT", lambda price: price >= 0, "be 0 or more"),
    },
    "run": {
        "auto_coercion": Key(FLAG, "DANA_AUTO_COERCION"),
        "allow_import": Key(NAMES, "DANA_ALLOW_IMPORT"),
        "path": Key(PATHS, "DANAPATH"),
        "domains": Key(PATHS, "DANA_DOMAINS"),
    },
    "state": {"dir": Key(TEXT, "DANA_STATE_DIR")},
    "learn": {
        "report_after_seconds": Key(
            NUMBER, "DANA_LEARN_REPORT_AFTER_SECONDS", lambda seconds: 0 <= seconds < 1e9, "be from 0 to 999999999"
        )
    },
}
SECTIONS: dict[str, type[Any]] = {
    "llm": LLMSettings,
    "run": RunSettings,
    "state": StateSettings,
    "learn": LearnSettings,
}

_current: ContextVar[Settings | None] = ContextVar("dana_poet_settings", default=None)


def current_settings() -> Settings:
    """Return the settings in force here: those of `use_settings`, or what the working folder and environment say."""
    return _current.get() or load_settings()


def settings_in_force() -> Settings | None:
    """Return the settings of `use_settings`, None outside of it."""
    return _current.get()


def put_in_force(settings: Settings) -> None:
    """Let `settings` hold from here on, in this thread or task and what it starts."""
    _current.set(settings)


@contextmanager
def use_settings(settings: Settings) -> Iterator[Settings]:
    """Let `settings` hold inside the `with` block, for this thread or task and what it starts.

    >>> with use_settings(Settings(run=RunSettings(auto_coercion=False))):
    ...     current_settings().run.auto_coercion
    False
    """
    token = _current.set(settings)
    try:
        yield settings
    finally:
        _current.reset(token)


def load_settings(folder: str = "", environ: Mapping[str, str] | None = None, *, files: bool = True) -> Settings:
    """Return the settings for a program in `folder` (default: the working folder).

    The nearest `dana.toml` or `[tool.dana-poet]` counts, from `folder` upwards, then from the working folder; variables
    of `environ` (default: the process's) stand over it. Without `files` only variables count: for programs that are
    not trusted, whose folder could otherwise say to which server the API key goes. SettingsError for a misspelt
    key, a wrong type or a value that makes no sense.

    >>> load_settings("/", {"DANA_LLM_MODEL": "small", "DANA_LLM_RETRIES": "1"}, files=False).llm.retries
    1
    """
    environ = os.environ if environ is None else environ
    path, tables, text = _find(folder) if files else ("", {}, "")
    values = _from_file(path, tables, text)
    for section, keys in KEYS.items():
        for name, key in keys.items():
            said = environ.get(key.variable, "").strip()
            if said:
                values[section][name] = _from_variable(key, said)
    _take_others(values["llm"], environ)
    return Settings(**{section: made(**values[section]) for section, made in SECTIONS.items()}, source=path)


def _take_others(llm: dict[str, Any], environ: Mapping[str, str]) -> None:
    """Take what is kept under other names.

    The variable that `api_key_env` names stands over a key that was written into the file. OPENAI_BASE_URL is where
    its owner uses OPENAI_API_KEY: the key must not go elsewhere when nothing here names an address.
    """
    elsewhere = environ.get("OPENAI_BASE_URL", "").strip()
    if elsewhere and not llm.get("base_url"):
        llm["base_url"] = _from_variable(KEYS["llm"]["base_url"]._replace(variable="OPENAI_BASE_URL"), elsewhere)
    variable = llm.get("api_key_env", "OPENAI_API_KEY")
    said = environ.get(variable, "").strip()
    if said and not environ.get("DANA_LLM_API_KEY", "").strip():
        llm["api_key"] = Secret(said)


def _from_variable(key: Key, text: str) -> Any:
    try:
        value = key.kind.from_text(text)
    except (ValueError, KeyError) as error:
        raise SettingsError(f"the variable {key.variable} takes {key.kind.takes}, got {text!r}") from error
    if not key.keeps(value):
        raise SettingsError(f"the variable {key.variable} must {key.rule}, got {text!r}")
    return value


def _folders(folder: str) -> Iterator[str]:
    for start in (folder, os.getcwd()):
        here = os.path.abspath(start) if start else ""
        while here:
            yield here
            above = os.path.dirname(here)
            here = "" if above == here else above


def _find(folder: str) -> tuple[str, dict[str, Any], str]:
    """Return path, tables and text of the nearest settings file, or empty ones."""
    for here in dict.fromkeys(_folders(folder)):
        path = os.path.join(here, "dana.toml")
        if os.path.isfile(path):
            text = _text_of(path)
            return path, _tables(path, text), text
        path = os.path.join(here, "pyproject.toml")
        # Most pyproject files on the way are of other tools: parse only what mentions ours.
        if os.path.isfile(path) and "dana-poet" in (text := _text_of(path)):
            tables = _tables(path, text).get("tool", {}).get("dana-poet")
            if tables is not None:
                return path, tables, text
    return "", {}, ""


def _text_of(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read the settings: {error}", file=path) from error


def _tables(path: str, text: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not TOML: {error}", file=path) from error


def _from_file(path: str, tables: Mapping[str, Any], text: str) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {section: {} for section in KEYS}
    for section, table in tables.items():
        place = _place(path, text, section, "")
        if section not in KEYS:
            raise SettingsError(f"{place}: there is no section [{section}]", hint=_near(section, KEYS), file=path)
        if not isinstance(table, dict):
            raise SettingsError(f"{place}: '{section}' is a section", hint=f"write [{section}]", file=path)
        for name, value in table.items():
            values[section][name] = _checked(path, _place(path, text, section, name), section, name, value)
    return values


def _checked(path: str, place: str, section: str, name: str, value: object) -> Any:
    key = KEYS[section].get(name)
    if key is None:
        raise SettingsError(f"{place}: [{section}] has no key '{name}'", hint=_near(name, KEYS[section]), file=path)
    taken = key.kind.from_toml(value)
    if taken is None:
        got = "something else" if key.kind is SECRET else repr(value)
        raise SettingsError(f"{place}: '{name}' takes {key.kind.takes}, got {got}", file=path)
    if not key.keeps(taken):
        raise SettingsError(f"{place}: '{name}' must {key.rule}, got {value!r}", file=path)
    if key.kind is SECRET:
        _warn_of_key(place)
    return _absolute(path, taken) if name in {"dir", "path"} else taken


def _absolute(path: str, value: Any) -> Any:
    """Return folders of a settings file as seen from that file, wherever the program is started."""
    base = os.path.dirname(path)
    if isinstance(value, tuple):
        return tuple(os.path.join(base, part) for part in value)
    return os.path.join(base, value) if value else value


def _warn_of_key(place: str) -> None:
    import warnings

    warnings.warn(
        f"{place}: an API key in a file ends up in version control; "
        'put it into an environment variable and name that with api_key_env = "..."',
        SettingsWarning,
        stacklevel=5,
    )


def _near(name: str, known: Mapping[str, object]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    return f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known)}"


def _place(path: str, text: str, section: str, name: str) -> str:
    """Return `file:line` of a section or key; the TOML reader keeps no places, so the text is looked through."""
    inside, shared = False, path.endswith("pyproject.toml")
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("["):
            header = bare.strip("[ ").split("]")[0].replace('"', "").replace(" ", "")
            inside = header == (f"tool.dana-poet.{section}" if shared else section)
            if inside and not name:
                return f"{path}:{number}"
        elif inside and bare.partition("=")[0].strip("\"' ") == name:
            return f"{path}:{number}"
    return path
