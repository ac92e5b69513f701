"""Describe a Dana type to a model: its JSON schema, and the sentence that asks for an answer of that shape."""

from __future__ import annotations

import types
from typing import Any, Union, get_args, get_origin

from dana_poet.errors import DanaTypeError

Schema = dict[str, Any]

_SCALARS: dict[Any, str] = {int: "integer", float: "number", bool: "boolean", str: "string"}
_ARRAYS = (list, tuple, set, frozenset)
_SENTENCES = {
    "integer": "Answer with one integer in digits and nothing else.",
    "number": "Answer with one number in digits and nothing else.",
    "boolean": "Answer with yes or no and nothing else.",
}


def is_text(shape: object) -> bool:
    """Whether the answer is wanted as it comes: no shape, `str`, or `any`."""
    return shape is None or shape is str or shape is object or shape is Any or shape == "any"


def shape_schema(shape: object) -> Schema:
    """Return the JSON schema of a type; DanaTypeError when no text can become one.

    A struct class is known by `__dana_fields__`, a dict from field name to (type, has a default).

    >>> shape_schema(list[int])
    {'type': 'array', 'items': {'type': 'integer'}}
    >>> shape_schema(int | None)
    {'anyOf': [{'type': 'integer'}, {'type': 'null'}]}
    """
    builder = _Builder(shape)
    schema = builder.struct(shape) if hasattr(shape, "__dana_fields__") else builder.schema(shape)
    return {**schema, "$defs": builder.definitions} if builder.definitions else schema


def instruction(schema: Schema) -> str:
    """Return the sentence that tells the model which shape its answer must have.

    >>> instruction({"type": "integer"})
    'Answer with one integer in digits and nothing else.'
    """
    if schema.get("type") in _SENTENCES:
        return _SENTENCES[schema["type"]]
    import json

    return "Answer with JSON only, no other text, that fits this JSON schema:\n" + json.dumps(schema)


def is_closed(schema: Any) -> bool:
    """Whether every object of the schema lists and requires all its fields: what servers call strict."""
    if isinstance(schema, list):
        return all(map(is_closed, schema))
    if not isinstance(schema, dict):
        return True
    if "prefixItems" in schema or schema == {}:
        return False
    if schema.get("type") == "array" and "items" not in schema:
        return False
    if schema.get("type") == "object":
        fields = schema.get("properties")
        if fields is None or set(schema.get("required", ())) != set(fields):
            return False
        return all(map(is_closed, fields.values())) and is_closed(schema.get("$defs", []))
    return all(is_closed(part) for key, part in schema.items() if key not in {"description", "required"})


class _Builder:
    """Collects the structs that a schema mentions, each once, under `$defs`."""

    def __init__(self, root: object) -> None:
        self._root = root
        self._names: dict[object, str] = {}
        self.definitions: dict[str, Schema] = {}

    def schema(self, shape: Any) -> Schema:
        """Return the schema of any type; structs by reference."""
        if shape is object or shape is Any or shape == "any":
            return {}
        if shape is None or shape is type(None):
            return {"type": "null"}
        origin, arguments = get_origin(shape) or shape, get_args(shape)
        if origin is types.UnionType or origin is Union:
            return {"anyOf": [self.schema(member) for member in arguments]}
        if origin in _SCALARS:
            return {"type": _SCALARS[origin]}
        if origin in _ARRAYS:
            return self._array(origin, arguments)
        if origin is dict:
            return (
                {"type": "object", "additionalProperties": self.schema(arguments[1])}
                if arguments
                else {"type": "object"}
            )
        if hasattr(shape, "__dana_fields__"):
            return self._reference(shape)
        raise DanaTypeError(
            f"a model cannot answer with a {getattr(shape, '__name__', shape)}",
            hint="ask for int, float, str, bool, list, dict, a struct or a union of them",
        )

    def struct(self, shape: Any) -> Schema:
        """Return the object schema of a struct class. Fields with a default may be left out."""
        fields = shape.__dana_fields__
        return {
            "type": "object",
            **({"description": shape.__doc__.strip()} if shape.__doc__ else {}),
            # A field without a written type takes any value.
            "properties": {name: {} if kind is None else self.schema(kind) for name, (kind, _) in fields.items()},
            "required": [name for name, (_, has_default) in fields.items() if not has_default],
            "additionalProperties": False,
        }

    def _array(self, origin: object, arguments: tuple[Any, ...]) -> Schema:
        if not arguments:
            return {"type": "array"}
        if origin is tuple and arguments[-1] is not Ellipsis:
            items = [self.schema(item) for item in arguments]
            return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
        return {"type": "array", "items": self.schema(arguments[0])}

    def _reference(self, shape: Any) -> Schema:
        if shape is self._root:
            return {"$ref": "#"}
        if shape not in self._names:
            name = shape.__name__
            while name in self.definitions:
                name += "_"  # two modules may each have a struct of this name
            self._names[shape] = name
            self.definitions[name] = {}  # taken before its fields are walked: they may mention it
            self.definitions[name] = self.struct(shape)
        return {"$ref": f"#/$defs/{self._names[shape]}"}
