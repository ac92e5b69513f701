"""How each kind of plain value is written as tokens, and what to return instead of the others."""

import binascii
import enum
import sys
import types
from itertools import chain
from typing import Any

from dana_sandbox.crossing import FRACTION_BITS, INT_BITS, SHORT_INT_BITS, CannotCross
from dana_sandbox.tag import Tagger, Writer, anywhere, by_field, by_index, by_key

# dtypes whose every bit pattern numpy can show: no objects, no records, no long doubles.
ARRAY_KINDS = frozenset("b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16 M8 m8".split())


def find_writer(kind: type) -> Writer:
    """Return what writes values of exactly this class, or what refuses them."""
    return _WRITERS.get(kind) or _find_later(kind)


def _find_later(kind: type) -> Writer:
    module = sys.modules.get(kind.__module__)
    if getattr(module, kind.__name__, None) is kind and (writer := _LATER.get((kind.__module__, kind.__name__))):
        _WRITERS[kind] = writer
        return writer
    if _is_numpy_scalar(kind):
        return _array_scalar
    if hasattr(kind, "__dataclass_fields__"):
        return _dataclass
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _tuple
    return _refuse


def _itself(tagger: Tagger, value: Any) -> None:
    tagger.tokens.append(value)


def _int(tagger: Tagger, value: int) -> None:
    bits = value.bit_length()
    if bits <= SHORT_INT_BITS:
        tagger.tokens.append(value)
    elif bits <= INT_BITS:
        tagger.count(bits // 4)
        tagger.text(f"i{value:x}")
    else:
        raise CannotCross(tagger.path(), f"is an int of {bits} bits; the limit is {INT_BITS}", "size")


def _str(tagger: Tagger, value: str) -> None:
    if value.isascii() or _is_unicode(value):
        tagger.text("s" + value)
    else:
        tagger.text("u" + _base64(value.encode("utf-8", "surrogatepass")))


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return True


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()


def _bytes(tagger: Tagger, value: bytes) -> None:
    tagger.count(len(value))
    tagger.text("b" + _base64(value))


def _complex(tagger: Tagger, value: complex) -> None:
    tagger.open("c", [value.real, value.imag], by_index, value)


def _list(tagger: Tagger, value: list[Any]) -> None:
    tagger.open("l", value.copy(), by_index, value)


def _tuple(tagger: Tagger, value: tuple[Any, ...]) -> None:
    # Not `list(value)`: the class of a named tuple may define its own __iter__.
    tagger.open("t", list(tuple.__iter__(value)), by_index, value)


def _set(tagger: Tagger, value: set[Any]) -> None:
    tagger.open("e", list(value), anywhere, value)


def _frozenset(tagger: Tagger, value: frozenset[Any]) -> None:
    tagger.open("f", list(value), anywhere, value)


def _dict(tagger: Tagger, value: dict[Any, Any]) -> None:
    tagger.open("d", list(chain.from_iterable(value.items())), by_key(list(value)), value)


def _dataclass(tagger: Tagger, value: Any) -> None:
    # `dataclasses` is loaded where there is a dataclass; fields() leaves out class variables.
    names = [field.name for field in sys.modules["dataclasses"].fields(value)]
    try:
        pairs = [(name, getattr(value, name)) for name in names]
    except Exception:  # noqa: BLE001 - a property of the program's may raise anything
        tagger.refuse(
            f"is a {type(value).__name__[:80]} whose fields cannot be read", "set every field of the dataclass"
        )
    tagger.open("d", list(chain.from_iterable(pairs)), by_field(names), value)


def _date(tagger: Tagger, value: Any) -> None:
    tagger.text("a" + value.isoformat())


def _timedelta(tagger: Tagger, value: Any) -> None:
    tagger.text(f"g{value.days},{value.seconds},{value.microseconds}")


def _timezone(tagger: Tagger, value: Any) -> None:
    tagger.open("z", list(value.__getinitargs__()), by_index, value)


def _time(tagger: Tagger, value: Any) -> None:
    _moment(tagger, "o", value, value.tzinfo)


def _datetime(tagger: Tagger, value: Any) -> None:
    zone = value.tzinfo
    if zone is not None and type(zone) is getattr(sys.modules.get("zoneinfo"), "ZoneInfo", None):
        # The rules of a named zone stay behind; the offset and the abbreviation of this moment cross.
        zone = sys.modules["datetime"].timezone(value.utcoffset(), value.tzname())
    _moment(tagger, "w", value, zone)


def _moment(tagger: Tagger, tag: str, value: Any, zone: Any) -> None:
    naive = value.replace(tzinfo=None, fold=0)
    if zone is None:
        tagger.text(f"{tag}{value.fold}{naive.isoformat()}")
    elif type(zone) is sys.modules["datetime"].timezone:
        tagger.open(tag.upper(), [zone, value.replace(tzinfo=None)], by_index, value)
    else:
        hint = "use datetime.timezone, or convert it with astimezone(timezone.utc)"
        tagger.refuse(f"has a time zone of class {type(zone).__name__[:80]}", hint)


def _decimal(tagger: Tagger, value: Any) -> None:
    tagger.text(f"m{value}")


def _fraction(tagger: Tagger, value: Any) -> None:
    bits = max(value.numerator.bit_length(), value.denominator.bit_length())
    if bits > FRACTION_BITS:
        raise CannotCross(tagger.path(), f"is a Fraction of {bits} bits; the limit is {FRACTION_BITS}", "size")
    tagger.text(f"q{value.numerator:x}/{value.denominator:x}")


def _uuid(tagger: Tagger, value: Any) -> None:
    tagger.text(f"x{value.int:032x}")


def _is_numpy_scalar(kind: type) -> bool:
    generic = getattr(sys.modules.get("numpy"), "generic", None)
    return generic is not None and issubclass(kind, generic)


def _array_scalar(tagger: Tagger, value: Any) -> None:
    plain = value.item() if type(value).__module__ == "numpy" else value
    if not tagger.numpy or type(plain) not in {bool, int, float, complex, str, bytes}:
        tagger.refuse(f"is a numpy {type(value).__name__[:80]}", "use .item()")
    find_writer(type(plain))(tagger, plain)


def _array(tagger: Tagger, value: Any) -> None:
    if not tagger.numpy:
        tagger.refuse("is a numpy array", 'use .tolist(), or allow "numpy" in the policy\'s modules')
    kind = value.dtype.str
    if kind[1:].partition("[")[0] not in ARRAY_KINDS and not (kind[1] in "US" and value.dtype.itemsize):
        tagger.refuse(f"is a numpy array of {value.dtype.name[:80]}", "use a numeric dtype, or .tolist()")
    tagger.count(value.nbytes)
    shape = ",".join(map(str, value.shape))
    tagger.text(f"n{kind}|{shape}|{_base64(value.tobytes())}")


_WRITERS: dict[type, Writer] = {
    type(None): _itself, bool: _itself, float: _itself, int: _int, str: _str, bytes: _bytes, complex: _complex,
    list: _list, tuple: _tuple, dict: _dict, set: _set, frozenset: _frozenset,
}  # fmt: skip

# Classes of modules that need not be loaded: found by name when one is met, then kept in _WRITERS.
_LATER: dict[tuple[str, str], Writer] = {
    ("datetime", "date"): _date, ("datetime", "time"): _time, ("datetime", "datetime"): _datetime,
    ("datetime", "timedelta"): _timedelta, ("datetime", "timezone"): _timezone, ("decimal", "Decimal"): _decimal,
    ("fractions", "Fraction"): _fraction, ("uuid", "UUID"): _uuid, ("numpy", "ndarray"): _array,
    ("collections", "Counter"): _dict, ("collections", "OrderedDict"): _dict, ("collections", "defaultdict"): _dict,
}  # fmt: skip


def _refuse(tagger: Tagger, value: Any) -> None:
    kind = type(value)
    for bases, reason, hint in _INSTEAD:
        if issubclass(kind, bases):
            tagger.refuse(reason.format(kind.__name__[:80]), hint)
    for base in _WRITERS:
        if issubclass(kind, base):
            tagger.refuse(
                f"is a {kind.__name__[:80]}, a subclass of {base.__name__}", f"use {base.__name__}(...) of it"
            )
    hint = "use list(...) of it" if hasattr(kind, "__iter__") else "use a dict of what it holds"
    tagger.refuse(f"is an object of class {kind.__name__[:80]}", hint)


_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodWrapperType)
_VIEWS: tuple[type, ...] = (range, memoryview, type({}.keys()), type({}.values()), type({}.items()))
_INSTEAD: tuple[tuple[tuple[type, ...], str, str], ...] = (
    (_FUNCTIONS, "is a function", "use what the function returns"),
    ((type,), "is a class", "use an instance's data, or the class's name"),
    ((types.GeneratorType,), "is a generator", "use list(...) of it"),
    ((BaseException,), "is an exception", "use str(...) of it"),
    ((enum.Enum,), "is a member of the enum {}", "use its .value or .name"),
    ((types.ModuleType,), "is a module", "use what it offers"),
    ((bytearray,), "is a {}", "use bytes(...) of it"),
    (_VIEWS, "is a {} object", "use list(...) of it"),
)
