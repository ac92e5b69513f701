"""What to write instead: hints for builtins, modules and exports that programs often ask for. Tables only."""

import math

_FILES = "there are no files here: take data from the inputs and return the result"
_NETWORK = "there is no network here: take data from the inputs, or call a capability that the host grants"
_DATA = "write plain Python over lists and dicts, with statistics, collections and csv"
_PARALLEL = "run the steps one after another: there are no threads, processes or event loops here"
_SHELL = "no programs can be started here: compute it in Python"
_SAVED = "use json.dumps and json.loads, or return plain data"
_INSIDE = "the interpreter's inside is not available: call functions by their names"
_CODE = "write the code itself as functions: no code can be made or loaded here"
_CLOCK = "use datetime (times are UTC here)"

# Python's builtins that are not offered. A program that binds such a name itself may use it.
BUILTIN_HINTS: dict[str, str] = {
    "open": _FILES,
    "input": "nobody can answer: take data from the inputs, under another name than input",
    "eval": "write the expression itself, or use json.loads for data",
    "exec": _CODE,
    "compile": _CODE,
    "globals": "keep values in a dict of your own",
    "locals": "keep values in a dict of your own",
    "breakpoint": "print what you want to see",
    "help": "leave it out",
    "exit": "return from the function, or raise an error that says why",
    "quit": "return from the function, or raise an error that says why",
    "copyright": "leave it out",
    "credits": "leave it out",
    "license": "leave it out",
    "aiter": "use iter",
    "anext": "use next",
}

MODULE_HINTS: dict[str, str] = {
    **dict.fromkeys(
        "os pathlib shutil glob tempfile fileinput fnmatch stat posix posixpath ntpath mmap".split(), _FILES
    ),
    **dict.fromkeys("os.path zipfile tarfile gzip bz2 lzma linecache configparser dotenv netrc".split(), _FILES),
    **dict.fromkeys("socket ssl http http.client http.server urllib.request urllib3 requests".split(), _NETWORK),
    **dict.fromkeys("httpx aiohttp smtplib ftplib telnetlib imaplib poplib socketserver websocket".split(), _NETWORK),
    **dict.fromkeys("websockets xmlrpc webbrowser select selectors paramiko boto3 openai anthropic".split(), _NETWORK),
    **dict.fromkeys("sqlite3 dbm psycopg2 sqlalchemy redis pymongo mysql".split(), _NETWORK),
    **dict.fromkeys("pandas polars scipy sklearn statsmodels pyarrow xgboost torch tensorflow".split(), _DATA),
    **dict.fromkeys("multiprocessing concurrent concurrent.futures asyncio sched".split(), _PARALLEL),
    **dict.fromkeys("_thread trio anyio".split(), _PARALLEL),
    **dict.fromkeys("subprocess pty commands signal resource fcntl termios faulthandler atexit".split(), _SHELL),
    **dict.fromkeys("pickle cPickle marshal shelve dill cloudpickle copyreg joblib".split(), _SAVED),
    **dict.fromkeys("gc inspect builtins __main__ traceback tracemalloc weakref dis opcode site".split(), _INSIDE),
    **dict.fromkeys("platform ctypes cffi bdb pdb trace profile cProfile doctest unittest".split(), _INSIDE),
    **dict.fromkeys("importlib pkgutil runpy imp zipimport ast code codeop symtable tokenize parser".split(), _CODE),
    "os": "there are no files, processes or environment here: take data from the inputs and return the result",
    "traceback": "use str(error) and type(error).__name__; an error that nobody catches is reported with its lines",
    "threading": "nothing runs beside the program: leave locks and threads out, and call the functions in turn",
    "queue": "use collections.deque, or heapq for a priority queue",
    "contextvars": "use a variable, or an argument",
    "fnmatch": "use re, or str.startswith and str.endswith",
    "ast": "use json.loads for data; write the code itself as functions",
    "ipaddress": "split the address with str.split and compare the numbers",
    "xml": "take the values out with re, or take JSON from the inputs",
    "xml.etree.ElementTree": "take the values out with re, or take JSON from the inputs",
    "configparser": "split the lines with str.partition('=')",
    "inspect": "name the functions and attributes that you need",
    "weakref": "use a dict",
    "array": "use a list",
    "__main__": "there is one module: call its functions by their names",
    "builtins": "builtins are plain names here: write len(x)",
    "io": "use io.StringIO or io.BytesIO",
    "numpy": "write plain Python over lists and dicts; the host switches numpy on with modules in its policy",
    "codecs": "use str.encode and bytes.decode",
    "zoneinfo": _CLOCK,
    "pytz": _CLOCK,
    "dateutil": "use datetime.strptime or datetime.fromisoformat",
    "timeit": "use time.perf_counter",
    "argparse": "take the values from the inputs",
    "getopt": "take the values from the inputs",
    "getpass": "take the values from the inputs",
    "tomllib": "use json",
    "yaml": "use json",
    "typing_extensions": "import it from typing",
    "matplotlib": "return the numbers; the host draws them",
    "shlex": "use str.split or re",
    "locale": "format numbers with an f-string: f'{x:,.2f}'",
    "tkinter": "print, or return the text",
    "setuptools": "leave it out",
}

# Exports of allowed modules that are left out on purpose, by "module.name".
EXPORT_HINTS: dict[str, str] = {
    "operator.attrgetter": "write lambda x: x.name",
    "operator.methodcaller": "write lambda x: x.method()",
    "functools.singledispatch": "use match, or a dict from type to function",
    "functools.singledispatchmethod": "use match, or a dict from type to function",
    "typing.get_type_hints": "write the types where you need them",
    "typing.ForwardRef": "write the type itself",
    "string.Formatter": "use an f-string",
    "collections.UserString": "use str",
    "random.SystemRandom": "use random.Random",
    "uuid.uuid1": "use uuid.uuid4",
    "uuid.getnode": "use uuid.uuid4",
    "json.load": "use json.loads on text",
    "json.dump": "use json.dumps and return the text",
    "json.codecs": "use str.encode and bytes.decode",
    "logging.Formatter": "leave the formatter out: lines are LEVEL:name:message",
    "sys.exc_info": "write except SomeError as error, and use error",
    "sys.path": "import the modules that there are by their names",
    "sys.version": "leave it out: write Python 3.11",
    "sys.platform": "leave it out: there is nothing of the system here",
    "sys.intern": "leave it out: write the text itself",
    "sys.getrecursionlimit": "leave it out, or write the recursion as a loop with a list",
    "sys.exit": "return from the function, or raise an error that says why",
    "sys.argv": "take the values from the inputs",
    "sys.stdin": "take the data from the inputs",
    "sys.stdout": "use print",
    "sys.stderr": "use print, or logging",
    "sys.version_info": "leave it out: write Python 3.11",
    "sys.setrecursionlimit": "leave it out, or write the recursion as a loop with a list",
    "sys.getsizeof": "use len",
    "sys.modules": "name the functions and modules that you need",
    "warnings.warn_explicit": "use warnings.warn",
    "urllib.request": _NETWORK,
    "urllib.error": _NETWORK,
    "secrets.SystemRandom": "use secrets.choice and secrets.randbelow",
    "logging.LogRecord": "call logging.info and its like",
    "logging.FileHandler": "call logging.info: the host keeps the lines",
    "logging.StreamHandler": "call logging.info: the host keeps the lines",
    "dataclasses.make_dataclass": "write the class with @dataclass",
    "io.open": _FILES,
    "io.FileIO": _FILES,
    "types.FunctionType": "write a def",
    "types.CodeType": "write a def",
    "types.new_class": "write a class statement",
    "numpy.load": _FILES,
    "numpy.save": "return the array",
    "numpy.loadtxt": _FILES,
    "numpy.genfromtxt": _FILES,
    "numpy.fromfile": _FILES,
    "numpy.memmap": _FILES,
}

SHOWN_NAMES = 12


def module_hint(module: str, allowed: frozenset[str]) -> str:
    """What to import, or do, instead of `module`."""
    for known in (module, module.partition(".")[0]):
        if known in MODULE_HINTS and known not in allowed:
            return MODULE_HINTS[known]
    return f"available: {', '.join(sorted(allowed))}" if allowed else "no module can be imported here"


def export_hint(module: str, name: str, exports: frozenset[str], allowed: frozenset[str]) -> str:
    """What to use instead of `module.name`, which is not among `exports`."""
    if special := EXPORT_HINTS.get(f"{module}.{name}"):
        return special
    if name in allowed:
        return f"write import {name}"
    if name in MODULE_HINTS:
        return MODULE_HINTS[name]
    return f"{module} has: {_nearest(name, exports)}"


def _nearest(name: str, names: frozenset[str]) -> str:
    """A few of `names`, those first that begin like `name`."""

    def distance(other: str) -> tuple[float, str]:
        common = next((i for i, (a, b) in enumerate(zip(name, other, strict=False)) if a != b), math.inf)
        return -common, other

    shown = sorted(names, key=distance)[:SHOWN_NAMES]
    return ", ".join(shown) + (", ..." if len(names) > SHOWN_NAMES else "")
