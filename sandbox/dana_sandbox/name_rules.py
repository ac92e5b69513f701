"""What a name may be, by where it stands: each rule returns None, or a message and a hint that say what to write."""

from dana_sandbox.names import (
    ARRAY_DOORS,
    CLASS_DUNDERS,
    COPIED_DUNDERS,
    DUNDER_METHODS,
    ENUM_SUNDERS,
    ERROR_DUNDERS,
    FORMAT_ATTRIBUTES,
    GUARDED_ATTRIBUTES,
    INTERPRETER_ATTRIBUTES,
    LENT_METHODS,
    MODULE_DUNDERS,
    OWN_DUNDERS,
    READABLE_DUNDERS,
)

Problem = tuple[str, str]

# Dunders that may be read as plain names.
READABLE_NAMES = MODULE_DUNDERS | {"__name__", "__debug__"}
CLASS_BODY_NAMES = DUNDER_METHODS | CLASS_DUNDERS
_LOADABLE_DUNDERS = READABLE_DUNDERS | OWN_DUNDERS | DUNDER_METHODS | LENT_METHODS | ERROR_DUNDERS | COPIED_DUNDERS
# A guard lets a program assign these on its own classes, functions and instances.
_STORABLE_DUNDERS = READABLE_DUNDERS | DUNDER_METHODS | {"__dict__"}
# Attributes that a class pattern or a value pattern reads without any guard looking on.
_GUARDED_IN_PATTERNS = INTERPRETER_ATTRIBUTES | GUARDED_ATTRIBUTES | FORMAT_ATTRIBUTES

DUNDER_HINTS: dict[str, str] = {
    "__class__": "write type(x), or isinstance(x, SomeClass)",
    "__dict__": "list the attributes that you need by name, or keep the data in a dict",
    "__base__": "name the class itself",
    "__bases__": "name the classes themselves",
    "__mro__": "name the classes themselves",
    "__subclasses__": "keep a list of your classes yourself",
    "__globals__": "pass the value as an argument",
    "__closure__": "return the value from the function",
    "__code__": "call the function",
    "__func__": "call the method on the class: SomeClass.method(instance)",
    "__self__": "keep the object in a variable of your own",
    "__builtins__": "builtins are plain names here: write len(x)",
    "__import__": "write an import statement at the top",
    "__file__": "there are no files here; take data from the inputs",
    "__loader__": "write an import statement at the top",
    "__spec__": "write an import statement at the top",
    "__init_subclass__": "use a class decorator that does the same: @register above each class",
    "__subclasshook__": "derive from the class",
    "__instancecheck__": "use isinstance with a tuple of classes",
    "__class_getitem__": "derive from typing.Generic",
    "__set_name__": "pass the name to __init__: price = Positive('price')",
    "__get__": "let Python call it: instance.name",
    "__set__": "let Python call it: instance.name = value",
    "__delete__": "let Python call it: del instance.name",
    "__getattribute__": "define __getattr__ or @property",
    "__del__": "define __enter__ and __exit__, and use with",
    "__prepare__": "use a class decorator",
    "__reduce__": "return plain data: a dict or a list",
    "__reduce_ex__": "return plain data: a dict or a list",
    "__getstate__": "return plain data: a dict or a list",
    "__setstate__": "build the object in __init__",
    "__dataclass_fields__": "use dataclasses.fields",
    "__traceback__": "use str(error) and type(error).__name__",
    "__annotations__": "write the annotations in the class or the function",
    "__members__": "write the members in the enum",
    "__slots__": "write __slots__ in the class",
    "__module__": "leave it out: there is one module",
    "__context__": "write raise ... from error",
    "__cause__": "write raise ... from error",
    "__suppress_context__": "write raise ... from None",
    "__notes__": "call error.add_note(text)",
    "__abstractmethods__": "call the class in try and catch TypeError, or list the names yourself",
    "__kwdefaults__": "write the defaults where you need them",
    "__args__": "use typing.get_args",
    "__origin__": "use typing.get_origin",
    "__parameters__": "use typing.get_args",
    "__sizeof__": "leave it out",
    "__dir__": "define a method of another name",
    "__mro_entries__": "name the base class itself",
    "__call__": "call it: x(...)",
    "__wrapped__": "keep the wrapped function in a variable",
    "__defaults__": "write the defaults where you need them",
    "__await__": "write an ordinary function",
    "__aiter__": "define __iter__",
    "__anext__": "define __next__",
    "__aenter__": "define __enter__",
    "__aexit__": "define __exit__",
}
_ATTRIBUTE_HINTS: dict[str, str] = {
    "mro": "name the classes themselves",
    "with_traceback": "raise the error, or raise Other(...) from error",
    "obj": "keep the object in a variable",
    "format": "use an f-string in the body of the case",
    "format_map": "use an f-string in the body of the case",
}


def is_dunder(name: str) -> bool:
    """Whether `name` is of the form `__x__`."""
    return len(name) > 4 and name.startswith("__") and name.endswith("__")


def is_sunder(name: str) -> bool:
    """Whether `name` is of the form `_x_`: one underscore at each end."""
    return len(name) > 2 and name[0] == name[-1] == "_" and "_" not in {name[1], name[-2]}


def binding_problem(name: str, *, in_class: bool) -> Problem | None:
    """What is wrong with binding `name`: by assignment, import, parameter, pattern or any other form."""
    if is_dunder(name):
        allowed = CLASS_BODY_NAMES if in_class else MODULE_DUNDERS
        if name in allowed:
            return None
        what = "a class here may not define" if in_class else "this name may not be bound:"
        return f"{what} {name}", DUNDER_HINTS.get(name, "use a name without double underscores")
    if is_sunder(name) and not (in_class and name in ENUM_SUNDERS):
        return f"this name may not be bound: {name}", f"use another name, such as {name.rstrip('_')}"
    if in_class and name in INTERPRETER_ATTRIBUTES:
        return f"a class here may not define {name}: it is the interpreter's own", "use another name"
    return None


def loading_problem(name: str, *, in_class: bool) -> Problem | None:
    """What is wrong with reading the plain name `name`."""
    if is_dunder(name) and name not in READABLE_NAMES and not (in_class and name in CLASS_BODY_NAMES):
        return f"{name} is not available here", DUNDER_HINTS.get(name, "use a name without double underscores")
    if is_sunder(name) and not (in_class and name in ENUM_SUNDERS):
        return f"{name} is not available here", f"use another name, such as {name.rstrip('_')}"
    return None


def keyword_problem(name: str) -> Problem | None:
    """What is wrong with `name` as the name of a keyword argument."""
    if is_dunder(name) or is_sunder(name):
        return f"a keyword argument may not be named {name}", "use a name without underscores around it"
    return None


def attribute_problem(name: str, *, store: bool) -> Problem | None:
    """What is wrong with `.name` on any object; a guard looks at the rest when the program runs."""
    if name in INTERPRETER_ATTRIBUTES:
        return f"attribute {name} belongs to the interpreter", _ATTRIBUTE_HINTS.get(name, "leave it out")
    if is_dunder(name) and name not in (_STORABLE_DUNDERS if store else _LOADABLE_DUNDERS):
        verb = "may not be assigned" if store else "is not available here"
        hint = DUNDER_HINTS.get(name, "use a method or a function that does not start with underscores")
        return f"attribute {name} {verb}", hint
    if is_sunder(name) and name not in ENUM_SUNDERS:
        return f"attribute {name} is not available here", "use a method or an attribute without underscores around it"
    return None


def pattern_problem(name: str, *, numpy: bool) -> Problem | None:
    """What is wrong with reading `.name` inside a pattern, where no guard can look at the object."""
    if name.startswith("_") and name not in READABLE_DUNDERS:
        hint = DUNDER_HINTS.get(name, "match the object, and read the attribute in the body of the case")
        return f"a pattern may not read the attribute {name}", hint
    if name in _GUARDED_IN_PATTERNS or (numpy and name in ARRAY_DOORS):
        return f"a pattern may not read the attribute {name}", _ATTRIBUTE_HINTS.get(name, "leave it out")
    return None


def listed_name_problem(owner: str, name: str, *, numpy: bool) -> Problem | None:
    """What is wrong with `name` in a class's `owner`: `__match_args__`, read by patterns, or `__slots__`."""
    if owner == "__slots__" and name in {"__dict__", "__weakref__"}:
        return None
    if is_dunder(name) or not name.isidentifier():
        return f"{owner} may not hold {name!r}", "list plain names"
    return pattern_problem(name, numpy=numpy) if owner == "__match_args__" else binding_problem(name, in_class=True)
