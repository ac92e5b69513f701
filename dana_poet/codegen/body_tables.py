"""What well-known calls do: by module, by full name, by telling names such as `client.get`, and by method."""

from __future__ import annotations

WRITES = frozenset({"memory", "output", "files", "process", "post"})
"""Effects that make a body `writes`."""

OUTSIDE = frozenset({"files", "process", "post"})
"""Effects that must not happen twice because an answer got lost."""

PUBLIC = {"posix": "os", "nt": "os", "_io": "io", "_socket": "socket", "_pickle": "pickle", "_operator": "operator"}
"""Modules written in C, by the names under which people import what is in them."""

MODEL = frozenset(
    "openai anthropic litellm cohere mistralai ollama groq together replicate instructor magentic marvin mirascope ell dspy "
    "langchain langchain_core langchain_openai llama_index transformers vllm llama_cpp google.generativeai google.genai "
    "dana_poet.llm dana_poet.runtime.reason llm reason ask context_aware_reason model language_model chat_model".split()
)
"""Modules and telling names whose calls ask a language model."""

NETWORK = frozenset(
    "requests httpx urllib urllib3 aiohttp socket http ftplib telnetlib3 imaplib poplib websockets websocket grpc paramiko "
    "boto3 botocore google.cloud azure redis pymongo elasticsearch kafka pika zmq tornado.httpclient requests_html "
    "client session http_client api_client dana_poet.runtime.resources".split()
)
"""Modules and telling names whose calls go over the network."""

POSTING = frozenset(
    "post patch send sendall sendto send_message sendmail publish produce put_object upload upload_file".split()
)
"""Methods of network modules that change something elsewhere and may not be sent twice."""

FILES = frozenset(
    "shutil tempfile sqlite3.connect.commit os.remove os.unlink os.rename os.replace os.mkdir os.makedirs os.rmdir "
    "os.removedirs os.link os.symlink os.chmod os.chown os.truncate os.write os.utime pickle.dump json.dump csv.writer "
    "csv.DictWriter".split()
)
OUTPUT = frozenset("print log logging logger warnings.warn".split())
"""What writes for people to read: seen twice, it does no harm."""

FILE_METHODS = frozenset(
    "write writelines write_text write_bytes unlink touch mkdir rmdir rename symlink_to hardlink_to chmod truncate commit "
    "to_csv to_parquet to_json to_sql to_excel to_pickle savefig save delete insert insert_one insert_many update_one "
    "update_many delete_one delete_many bulk_write executemany executescript".split()
)
"""Methods that change a file or a table whatever they are called on."""

PROCESS = frozenset(
    "subprocess multiprocessing os.system os.popen os.kill os.fork os.execv os.putenv os.chdir signal ctypes exec eval "
    "sys.exit os.abort os._exit threading concurrent.futures asyncio.create_subprocess_exec "
    "asyncio.create_subprocess_shell smtplib exit quit".split()
)

READS = frozenset(
    "os sys time datetime random secrets uuid pathlib glob io input platform locale getpass csv configparser sqlite3 "
    "numpy.random id hash globals locals vars".split()
)
"""Modules whose calls look at something that is not an argument: files, clock, chance, environment."""

PURE = frozenset(
    "math cmath decimal fractions statistics itertools functools operator collections re json string textwrap copy dataclasses "
    "enum typing base64 hashlib binascii struct bisect heapq difflib unicodedata html zlib colorsys calendar numbers types "
    "abc numpy scipy pandas sklearn builtins os.path asyncio.sleep contextlib datetime.timedelta datetime.date.fromisoformat "
    "datetime.datetime.fromisoformat datetime.datetime.strptime datetime.datetime.fromtimestamp pathlib.PurePath "
    "time.sleep urllib.parse http.HTTPStatus random.Random warnings.catch_warnings asyncio.gather asyncio.wait_for "
    "abs all any ascii bin bool bytes bytearray callable chr complex dict divmod enumerate filter float format frozenset "
    "getattr hasattr hex int isinstance issubclass iter len list map max memoryview min next object oct ord pow property "
    "range repr reversed round set slice sorted str sum super tuple type zip anext aiter".split()
)

MAKERS = frozenset("list dict set tuple sorted bytearray str int float bool frozenset range".split())
"""Builtins whose result is always a new object."""

MUTATORS = frozenset(
    "append extend insert remove pop clear sort reverse add discard update setdefault popitem appendleft extendleft popleft "
    "rotate difference_update intersection_update symmetric_difference_update put put_nowait".split()
)
SQL_METHODS = frozenset({"execute"})

PURE_METHODS = frozenset(
    "get keys values items copy count index join split rsplit splitlines strip lstrip rstrip lower upper title capitalize "
    "casefold swapcase replace startswith endswith find rfind format format_map encode decode partition rpartition zfill "
    "ljust rjust center isdigit isalpha isalnum isspace isupper islower isnumeric isdecimal isidentifier removeprefix "
    "removesuffix translate expandtabs union intersection difference symmetric_difference issubset issuperset isdisjoint "
    "as_integer_ratio bit_length is_integer hex conjugate most_common elements total group groups groupdict span start end "
    "isoformat strftime date time weekday isoweekday total_seconds timestamp tobytes tolist astype mean std var min max sum "
    "reshape ravel flatten round any all dot json".split()
)
"""Methods of plain data that change nothing."""

TELLING = frozenset(
    "llm reason ask model language_model chat_model client session http_client api_client requests httpx".split()
)
"""Names of parameters and attributes that tell what is behind them."""

LIBRARIES = frozenset(
    "math json re os sys statistics itertools functools collections typing dana_poet dana_grammar dana_sandbox numpy scipy "
    "pandas sklearn asyncio copy dataclasses decimal textwrap string random contextlib tenacity pydantic".split()
)
"""Packages whose functions are looked up here and not read."""


def effect_of(dotted: str) -> str:
    """Return the effect that a dotted name is known for, `pure` for none, and nothing when it is not known.

    >>> effect_of("requests.post"), effect_of("requests.get"), effect_of("math.sqrt"), effect_of("mine.own")
    ('post', 'network', 'pure', '')
    """
    parts = dotted.split(".")
    method = parts[-1]
    prefixes = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
    for prefix in prefixes:
        found = _of_prefix(prefix, method)
        if found:
            return _stronger(found, method)
    if any(part in TELLING for part in parts[:-1]):
        telling = next(part for part in parts[:-1] if part in TELLING)
        return _of_prefix(telling, method)
    return "files" if method in FILE_METHODS and len(parts) > 1 else ""


def _stronger(found: str, method: str) -> str:
    """Return the effect of a method that writes, such as `Path(...).write_text`, whatever its module is known for."""
    writes = method in FILE_METHODS and (found == "reads" or method.startswith(("to_", "save")))
    return "files" if writes and found in {"reads", "pure"} else found


def _of_prefix(prefix: str, method: str) -> str:
    if prefix in MODEL:
        return "model"
    if prefix in NETWORK:
        return "post" if method in POSTING else "network"
    for names, effect in ((PROCESS, "process"), (FILES, "files"), (OUTPUT, "output"), (PURE, "pure"), (READS, "reads")):
        if prefix in names:
            return effect
    return ""
