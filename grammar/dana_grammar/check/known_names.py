"""The names every Dana program can use without defining them, and the built-ins of Python that Dana refuses."""

from __future__ import annotations

import builtins

EXCEPTIONS: dict[str, type[BaseException]] = {
    name: value
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}
"""Python's own exception classes: a Dana program raises, catches and constructs them."""

FUNCTIONS = frozenset({
    "abs", "all", "any", "ascii", "bin", "bool", "bytes", "callable", "chr", "complex", "dict", "divmod", "enumerate",
    "filter", "float", "format", "frozenset", "hasattr", "hash", "hex", "int", "isinstance", "issubclass", "iter", "len", "list", "map", "max",
    "min", "next", "oct", "ord", "pow", "print", "range", "repr", "reversed", "round", "set", "slice", "sorted", "str",
    "sum", "tuple", "type", "zip",
})  # fmt: skip
"""Python's functions and types that Dana has under the same name."""

LIBRARY = frozenset({
    "action_tracker", "add_four", "add_one", "add_three", "add_two", "AlertLog", "apply_poet", "ask", "can_transition", "capitalize_words", "case",
    "cast", "ConfigTracker", "context_aware_reason", "create_branching_fsm", "create_error_handling_fsm", "create_linear_fsm",
    "create_simple_workflow_fsm", "dana_events", "env", "factorial", "feedback", "FeedbackEvent", "FSM", "get_available_events", "get_current_timestamp",
    "get_next_state", "get_resource", "is_even", "is_odd", "is_terminal_state", "json", "LearningOrchestrator", "llm", "log", "log_calls",
    "log_level", "log_with_prefix", "noop", "now", "poet", "poet_events", "poet_learn_from_feedback", "reason",
    "repeat", "reset_fsm", "set_model", "sleep", "sum_range", "title_case", "track_execution", "transition_fsm", "use",
    "validate_args",
})  # fmt: skip
"""What the Dana library adds."""

CATCHABLE = frozenset(
    name for name, kind in EXCEPTIONS.items() if issubclass(kind, Exception) and not name.startswith("_")
)
"""The exceptions that a program may name; those that stop Python itself are not among them."""

BUILTIN_NAMES: frozenset[str] = FUNCTIONS | LIBRARY | CATCHABLE | {"__name__", "DanaError"}
"""Every name that a program may read without defining it; a host hands `check` a larger set when it adds names."""

TYPE_NAMES = frozenset({
    "any", "Any", "bool", "bytes", "callable", "Callable", "complex", "date", "datetime", "dict", "Dict", "float",
    "frozenset", "function", "int", "Iterable", "Iterator", "Generator", "list", "List", "Literal", "Mapping", "none",
    "None", "null", "number", "object", "Optional", "pipeline", "Pipeline", "Promise", "Sequence", "set", "Set", "str",
    "tuple", "Tuple", "Type", "type", "Union",
})  # fmt: skip
"""Names that mean a type in an annotation whether or not they have a value."""

REFUSED: dict[str, tuple[str, str]] = {
    "open": ("it reads and writes any file", 'use a resource: `use("filesystem", root=...)`'),
    "input": ("a program has no keyboard", "take parameters: `def __main__(name: str)`, run with `name=value`"),
    "eval": ("it runs text that nobody has checked", "parse data with `json.loads(text)` or a typed assignment"),
    "exec": ("it runs text that nobody has checked", "define a function and call it"),
    "compile": ("it makes code from text that nobody has checked", "define a function and call it"),
    "globals": ("it reaches names past their scopes", "use `private:name` or `public:name` for shared values"),
    "locals": ("it reaches names past their scopes", "keep the values in a dict"),
    "vars": ("it reaches into values past their fields", "name the fields, or keep the values in a dict"),
    "dir": ("it looks into values past their fields", "name the fields that you need"),
    "__import__": ("it loads any code", "write `import name` or `import name.py` at the top"),
    "id": ("it shows memory addresses", "compare with `==`, or keep a name in a field"),
    "memoryview": ("it reaches into memory", "use a list or text"),
    "getattr": ("it reaches any attribute by text", "write `value.name`, or use a dict and `d.get(key)`"),
    "setattr": ("it changes any attribute by text", "write `value.name = x`, or use a dict and `d[key] = x`"),
    "delattr": ("it removes any attribute by text", "set the field to `none`, or use a dict and `del d[key]`"),
    "object": ("it is the root of Python's classes", "define a `struct` with the fields that you need"),
    "super": ("Dana has no inheritance", "embed the other struct: a field `_base: Base` lends its fields and methods"),
}  # fmt: skip
"""Built-ins that Dana refuses: why, and what to write instead."""

ALLOWED_DUNDERS = frozenset({"__name__", "__main__", "__doc__", "__file__", "__init__", "__all__"})
"""Double-underscore names that reveal nothing and mean something in Dana."""

FRAME_ATTRIBUTES = frozenset({
    "gi_frame", "gi_code", "gi_yieldfrom", "cr_frame", "cr_code", "cr_origin", "ag_frame", "ag_code", "f_back",
    "f_builtins", "f_code", "f_globals", "f_locals", "f_trace", "tb_frame", "tb_next", "co_code", "co_consts",
    "func_globals", "func_code", "mro",
})  # fmt: skip
"""Attributes that lead from a value to the interpreter."""

PYTHON_MODULES = frozenset({
    "abc", "aiohttp", "argparse", "ast", "asyncio", "base64", "bs4", "builtins", "collections", "concurrent", "copy",
    "csv", "ctypes", "dataclasses", "datetime", "decimal", "difflib", "enum", "fastapi", "fractions", "functools",
    "glob", "gzip", "hashlib", "heapq", "hmac", "html", "http", "httpx", "importlib", "inspect", "io", "itertools",
    "json", "logging", "math", "matplotlib", "multiprocessing", "numpy", "openai", "operator", "os", "pandas",
    "pathlib", "pickle", "pprint", "pydantic", "pytest", "random", "re", "requests", "scipy", "shutil", "sklearn",
    "socket", "sqlite3", "ssl", "statistics", "string", "struct", "subprocess", "sys", "tempfile", "textwrap",
    "threading", "time", "timeit", "torch", "traceback", "typing", "unittest", "urllib", "uuid", "weakref", "xml",
    "yaml", "zipfile", "zlib",
})  # fmt: skip
"""Python modules that people import by habit without the suffix `.py`."""

HABITS: dict[str, str] = {
    "nil": "Dana writes `none`",
    "undefined": "Dana writes `none`",
    "NaN": 'write `float("nan")`',
    "Infinity": 'write `float("inf")`',
    "println": "use `print(...)`",
    "echo": "use `print(...)`",
    "printf": 'use `print(f"...")`',
    "console": "use `print(...)`",
    "this": "a method calls its value `self`",
    "length": "use `len(value)`",
    "staticmethod": "Dana has none: write a function outside the struct",
    "classmethod": "Dana has none: write a function outside the struct",
    "property": "Dana has none: write a method and call it, `value.name()`",
    "bytearray": "use a list of numbers",
    "breakpoint": "use `log(...)`",
    "exit": "a top-level `return` ends the program",
    "quit": "a top-level `return` ends the program",
}  # fmt: skip
"""What people write out of habit from other languages, and how Dana says it."""

SUBJECT_FIELDS: dict[str, frozenset[str]] = {
    "struct": frozenset(),
    "agent": frozenset({
        "name", "description", "state", "id", "plan", "solve", "reason", "chat", "remember", "recall", "log",
        "get_metrics", "get_conversation_stats", "get_conversation_history", "get_memory_keys", "clear_conversation",
        "clear_conversation_memory", "forget",
    }),
    "resource": frozenset({
        "name", "kind", "description", "state", "id", "initialize", "start", "stop", "cleanup", "query", "is_running",
    }),
    "workflow": frozenset({"name", "fsm", "description", "state", "id"}),
}  # fmt: skip
"""Members that come with each kind of type."""

FALSE_WORDS = frozenset({
    "false", "no", "n", "off", "disabled", "inactive", "nah", "nope", "never", "definitely not", "no way",
    "not really", "hardly", "0", "0.0", "zero", "none", "null", "empty", "blank", "",
})  # fmt: skip
"""Text that counts as false."""

TRUE_WORDS = frozenset({
    "true", "yes", "y", "on", "enabled", "active", "yeah", "yep", "sure", "absolutely", "of course", "certainly",
    "indeed", "1", "positive", "good", "ok", "okay", "fine", "correct", "right",
})  # fmt: skip
"""Text that counts as true where a truth value is wanted."""


def is_hidden(name: str) -> bool:
    """Whether a name is out of reach: Python's double-underscore names, and those of generated code.

    >>> is_hidden("__class__"), is_hidden("_dana_add"), is_hidden("__name__"), is_hidden("_kept")
    (True, True, False, False)
    """
    if name.startswith("_dana_"):
        return True
    return name.startswith("__") and name.endswith("__") and len(name) > 4 and name not in ALLOWED_DUNDERS
