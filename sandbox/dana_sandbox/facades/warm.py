"""What a process loads while it may still read files, so that no program needs one later."""

from __future__ import annotations

import codecs
import importlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ENCODINGS = (
    "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be utf-7 ascii latin-1 cp1252 cp437 cp850 "
    "iso8859-15 iso8859-2 cp1250 cp1251 koi8-r mac-roman idna punycode unicode_escape raw_unicode_escape "
    "charmap"
).split()

ALLOWED_AT_RUN_TIME: frozenset[str] = frozenset(
    "_strptime _pylong struct time datetime re functools collections collections.abc copyreg unicodedata encodings warnings "
    "decimal _decimal _pydecimal numbers math io _io typing dataclasses enum numpy numpy.core._methods "
    "numpy._core._methods numpy._core._internal numpy._core._dtype numpy._core._exceptions "
    "numpy._core._ufunc_config numpy._core.numeric numpy._core.multiarray numpy._core.fromnumeric "
    "numpy._core.arrayprint numpy._core numpy.lib numpy.exceptions numpy._core.printoptions".split()
)
"""Real modules that C code may ask for by `__import__` while a program runs. No source can."""


def preload(modules: Iterable[str]) -> None:
    """Import everything that programs with `modules` can come to need, and close the library's doors.

    For a process that serves programs: the standard library is changed (see `patches`).
    """
    from dana_sandbox.facades.export_tables import exports
    from dana_sandbox.facades.load import PER_CALL, SHARED, WITHOUT_REAL, shared_facade
    from dana_sandbox.facades.patches import close_doors
    from dana_sandbox.facades.receivers import close_methods

    close_doors()
    importlib.import_module("unicodedata")  # `"\\N{DASH}"` asks for it
    if sys.version_info >= (3, 12):
        importlib.import_module("_pylong")  # arithmetic on long integers
    for name in ENCODINGS:
        codecs.lookup(name)
    wanted = sorted(name for name in modules if exports(name) is not None)
    for name in wanted:
        if name not in WITHOUT_REAL:
            importlib.import_module(name)
        for place in (PER_CALL.get(name), SHARED.get(name)):
            if place is not None:
                importlib.import_module(place.partition(":")[0])
        if name not in PER_CALL:
            shared_facade(name)
        if name == "numpy":
            importlib.import_module("dana_sandbox.facades.numpy_facade").exercise()
        if name in _EXERCISES:
            exec(_EXERCISES[name], {})  # noqa: S102 - our own text, so that late imports happen now
    close_methods(name for name in wanted if name not in WITHOUT_REAL)


# Late imports of the library, made to happen.
_EXERCISES: dict[str, str] = {
    "datetime": "import datetime; datetime.datetime.strptime('2024', '%Y').strftime('%c')",
    "time": "import time; time.strptime('2024', '%Y')",
    "hashlib": "import hashlib; [hashlib.new(name) for name in hashlib.algorithms_guaranteed]; "
    "hashlib.pbkdf2_hmac('sha256', b'', b'', 1)",
    "uuid": "import uuid; uuid.uuid3(uuid.NAMESPACE_DNS, ''); uuid.uuid5(uuid.NAMESPACE_DNS, ''); uuid.uuid4()",
    "decimal": "import decimal, sys; format(decimal.Decimal(0), 'z.1f'); "
    "sys.version_info >= (3, 12) and __import__('_pydecimal'); "
    "decimal.Decimal(1) / 3; hash(decimal.Decimal('1.5')); '%s' % decimal.getcontext()",
    "csv": "import csv; csv.Sniffer().sniff('a,b\\n1,2\\n')",
    "statistics": "import statistics; statistics.NormalDist.from_samples([1, 2, 3]).samples(1, seed=1)",
    "calendar": "import calendar; calendar.HTMLCalendar().formatyear(2024); str(calendar.month_name[1])",
    "typing": "import typing\n@typing.runtime_checkable\nclass P(typing.Protocol):\n    x: int\nisinstance(1, P)",
    "random": "import random; random.Random('a').random()",
    "re": "import re; re.sub('(a)', r'\\1', 'a'); re.compile('a', re.I | re.U)",
}
