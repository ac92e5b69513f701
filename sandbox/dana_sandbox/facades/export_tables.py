"""What each module of the standard library hands out: reviewed names, one table. Nothing is found out by looking.

A name is listed when it neither takes attribute names or source text from its caller, nor reaches files, environment,
host facts or process-wide state, nor holds anything that does. Names that need a wrapper have one in `special_*`.
"""

from __future__ import annotations

import sys
from functools import cache

EXPORTS: dict[str, str] = {
    "abc": "ABC abstractmethod",
    "base64": """a85decode a85encode b16decode b16encode b32decode b32encode b32hexdecode b32hexencode b64decode
        b64encode b85decode b85encode decodebytes encodebytes standard_b64decode standard_b64encode urlsafe_b64decode
        urlsafe_b64encode z85decode z85encode""",
    "binascii": """Error Incomplete a2b_base64 a2b_hex b2a_base64 b2a_hex crc32 crc_hqx hexlify unhexlify""",
    "bisect": "bisect bisect_left bisect_right insort insort_left insort_right",
    "calendar": """APRIL AUGUST Calendar DECEMBER Day EPOCH FEBRUARY FRIDAY February HTMLCalendar IllegalMonthError
        IllegalWeekdayError JANUARY JULY JUNE January MARCH MAY MONDAY Month NOVEMBER OCTOBER SATURDAY SEPTEMBER
        SUNDAY THURSDAY TUESDAY TextCalendar WEDNESDAY calendar day_abbr day_name error firstweekday isleap leapdays
        mdays month month_abbr month_name monthcalendar monthrange prcal prmonth setfirstweekday timegm week weekday
        weekheader""",
    "cmath": """acos acosh asin asinh atan atanh cos cosh e exp inf infj isclose isfinite isinf isnan log log10 nan
        nanj phase pi polar rect sin sinh sqrt tan tanh tau""",
    "collections": "ChainMap Counter OrderedDict UserDict UserList abc defaultdict deque namedtuple",
    "collections.abc": """AsyncGenerator AsyncIterable AsyncIterator Awaitable Buffer ByteString Callable Collection
        Container Coroutine Generator Hashable ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping
        MutableSequence MutableSet Reversible Sequence Set Sized ValuesView""",
    "contextlib": """AbstractContextManager ContextDecorator ExitStack closing contextmanager nullcontext suppress""",
    "copy": "Error copy deepcopy error replace",
    "csv": """Dialect DictReader DictWriter Error QUOTE_ALL QUOTE_MINIMAL QUOTE_NONE QUOTE_NONNUMERIC QUOTE_NOTNULL
        QUOTE_STRINGS Sniffer excel excel_tab field_size_limit get_dialect list_dialects reader register_dialect
        unix_dialect unregister_dialect writer""",
    "dataclasses": "FrozenInstanceError InitVar KW_ONLY MISSING asdict astuple dataclass field fields is_dataclass replace",
    "datetime": "MAXYEAR MINYEAR UTC date datetime time timedelta timezone tzinfo",
    "decimal": """BasicContext Clamped Context ConversionSyntax Decimal DecimalException DecimalTuple DefaultContext
        DivisionByZero DivisionImpossible DivisionUndefined ExtendedContext FloatOperation HAVE_CONTEXTVAR HAVE_THREADS
        Inexact InvalidContext InvalidOperation MAX_EMAX MAX_PREC MIN_EMIN MIN_ETINY Overflow ROUND_05UP ROUND_CEILING
        ROUND_DOWN ROUND_FLOOR ROUND_HALF_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP Rounded Subnormal Underflow
        getcontext localcontext setcontext""",
    "difflib": """Differ HtmlDiff IS_CHARACTER_JUNK IS_LINE_JUNK Match SequenceMatcher context_diff diff_bytes
        get_close_matches ndiff restore unified_diff""",
    "enum": """CONFORM CONTINUOUS EJECT Enum EnumCheck Flag FlagBoundary IntEnum IntFlag KEEP NAMED_FLAGS ReprEnum
        STRICT StrEnum UNIQUE auto member nonmember show_flag_values unique verify""",
    "fractions": "Fraction",
    "functools": """cache cached_property cmp_to_key lru_cache partial partialmethod reduce total_ordering
        update_wrapper wraps""",
    "graphlib": "CycleError TopologicalSorter",
    "hashlib": """algorithms_available algorithms_guaranteed blake2b blake2s md5 new pbkdf2_hmac scrypt sha1 sha224
        sha256 sha384 sha3_224 sha3_256 sha3_384 sha3_512 sha512 shake_128 shake_256""",
    "heapq": "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest",
    "hmac": "compare_digest digest new",
    "html": "escape unescape",
    "io": "BytesIO DEFAULT_BUFFER_SIZE SEEK_CUR SEEK_END SEEK_SET StringIO UnsupportedOperation",
    "itertools": """accumulate batched chain combinations combinations_with_replacement compress count cycle dropwhile
        filterfalse groupby islice pairwise permutations product repeat starmap takewhile tee zip_longest""",
    "json": "JSONDecodeError JSONDecoder JSONEncoder decoder dump dumps encoder load loads",
    "json.decoder": "JSONDecodeError JSONDecoder",
    "json.encoder": "JSONEncoder",
    "logging": """CRITICAL DEBUG ERROR FATAL INFO Logger NOTSET NullHandler StreamHandler WARN WARNING basicConfig
        critical debug disable error exception fatal getLevelName getLogger info log warn warning""",
    "math": """acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf erfc exp exp2
        expm1 fabs factorial floor fma fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan isqrt lcm ldexp
        lgamma log log10 log1p log2 modf nan nextafter perm pi pow prod radians remainder sin sinh sqrt sumprod tan
        tanh tau trunc ulp""",
    "numbers": "Complex Integral Number Rational Real",
    "operator": """abs add and_ call concat contains countOf delitem eq floordiv ge getitem gt iadd iand iconcat
        ifloordiv ilshift imatmul imod imul index indexOf inv invert ior ipow irshift is_ is_not isub itemgetter
        itruediv ixor le length_hint lshift lt matmul mod mul ne neg not_ or_ pos pow rshift setitem sub truediv truth
        xor""",
    "pprint": "PrettyPrinter isreadable isrecursive pformat pp pprint saferepr",
    "random": """Random betavariate binomialvariate choice choices expovariate gammavariate gauss getrandbits getstate
        lognormvariate normalvariate paretovariate randbytes randint random randrange sample seed setstate shuffle
        triangular uniform vonmisesvariate weibullvariate""",
    "re": """A ASCII DEBUG DOTALL I IGNORECASE L LOCALE M MULTILINE Match NOFLAG Pattern PatternError RegexFlag S U
        UNICODE VERBOSE X compile error escape findall finditer fullmatch match purge search split sub subn""",
    "secrets": "choice compare_digest randbelow randbits token_bytes token_hex token_urlsafe",
    "statistics": """LinearRegression NormalDist StatisticsError correlation covariance fmean geometric_mean
        harmonic_mean kde kde_random linear_regression mean median median_grouped median_high median_low mode multimode
        pstdev pvariance quantiles stdev variance""",
    "string": """Template ascii_letters ascii_lowercase ascii_uppercase capwords digits hexdigits octdigits printable
        punctuation whitespace""",
    "struct": "Struct calcsize error iter_unpack pack pack_into unpack unpack_from",
    "sys": "byteorder float_info int_info maxsize maxunicode",
    "textwrap": "TextWrapper dedent fill indent shorten wrap",
    "time": """altzone asctime ctime daylight gmtime localtime mktime monotonic monotonic_ns perf_counter
        perf_counter_ns process_time process_time_ns sleep strftime strptime struct_time thread_time thread_time_ns
        time time_ns timezone tzname""",
    "types": """BuiltinFunctionType BuiltinMethodType EllipsisType FunctionType GeneratorType GenericAlias LambdaType
        MappingProxyType MethodType ModuleType NoneType NotImplementedType SimpleNamespace UnionType""",
    "typing": """AbstractSet Annotated Any AnyStr AsyncGenerator AsyncIterable AsyncIterator Awaitable BinaryIO
        ByteString Callable ChainMap ClassVar Collection Concatenate Container ContextManager Coroutine Counter
        DefaultDict Deque Dict Final FrozenSet Generator Generic Hashable IO ItemsView Iterable Iterator KeysView List
        Literal LiteralString Mapping MappingView Match MutableMapping MutableSequence MutableSet NamedTuple Never
        NewType NoReturn NotRequired Optional OrderedDict ParamSpec ParamSpecArgs ParamSpecKwargs Pattern Protocol
        ReadOnly Required Reversible Self Sequence Set Sized SupportsAbs SupportsBytes SupportsComplex SupportsFloat
        SupportsIndex SupportsInt SupportsRound TYPE_CHECKING Text TextIO Tuple Type TypeAlias TypeGuard TypeIs TypeVar
        TypeVarTuple TypedDict Union Unpack ValuesView assert_never assert_type cast final get_args get_origin
        is_typeddict overload override runtime_checkable""",
    "unicodedata": """bidirectional category combining decimal decomposition digit east_asian_width is_normalized lookup
        mirrored name normalize numeric ucd_3_2_0 unidata_version""",
    "urllib": "parse",
    "urllib.parse": """ParseResult SplitResult parse_qs parse_qsl quote quote_from_bytes quote_plus unquote unquote_plus
        unquote_to_bytes urldefrag urlencode urljoin urlparse urlsplit urlunparse urlunsplit""",
    "uuid": """NAMESPACE_DNS NAMESPACE_OID NAMESPACE_URL NAMESPACE_X500 RESERVED_FUTURE RESERVED_MICROSOFT RESERVED_NCS
        RFC_4122 SafeUUID UUID uuid3 uuid4 uuid5""",
    "warnings": "catch_warnings filterwarnings resetwarnings simplefilter warn",
    "zlib": """MAX_WBITS Z_BEST_COMPRESSION Z_BEST_SPEED Z_DEFAULT_COMPRESSION Z_NO_COMPRESSION adler32 compress compressobj crc32
        decompress decompressobj error""",
}
"""Exported names by module, over all supported Pythons."""

SINCE: dict[str, tuple[int, int]] = {
    "base64.z85decode": (3, 13),
    "base64.z85encode": (3, 13),
    "collections.abc.Buffer": (3, 12),
    "copy.replace": (3, 13),
    "csv.QUOTE_NOTNULL": (3, 12),
    "csv.QUOTE_STRINGS": (3, 12),
    "itertools.batched": (3, 12),
    "math.fma": (3, 13),
    "math.sumprod": (3, 12),
    "random.binomialvariate": (3, 12),
    "re.PatternError": (3, 13),
    "statistics.kde": (3, 13),
    "statistics.kde_random": (3, 13),
    "typing.ReadOnly": (3, 13),
    "typing.TypeIs": (3, 13),
    "typing.override": (3, 12),
} | {
    f"calendar.{name}": (3, 12)
    for name in (
        "APRIL AUGUST DECEMBER Day FEBRUARY JANUARY JULY JUNE MARCH MAY Month NOVEMBER OCTOBER SEPTEMBER".split()
    )
}
"""The Python that brought a name in, where that is not 3.11."""

UNTIL: dict[str, tuple[int, int]] = {"calendar.February": (3, 12), "calendar.January": (3, 12)}
"""The first Python without a name."""

SUBMODULES: dict[str, tuple[str, ...]] = {
    "collections": ("abc",),
    "json": ("decoder", "encoder"),
    "numpy": ("fft", "linalg", "random"),
    "urllib": ("parse",),
}
"""Exported names that are facades themselves."""


@cache
def exports(module: str) -> frozenset[str] | None:
    """Return the names that the facade of `module` has on this Python; None when there is no such facade.

    >>> "sqrt" in exports("math"), exports("os")
    (True, None)
    """
    if module.partition(".")[0] == "numpy":
        return _numpy_exports(module)
    if module not in EXPORTS:
        return None
    python = sys.version_info[:2]
    names = (name for name in EXPORTS[module].split() if SINCE.get(f"{module}.{name}", (3, 11)) <= python)
    return frozenset(name for name in names if UNTIL.get(f"{module}.{name}", (4, 0)) > python)


def _numpy_exports(module: str) -> frozenset[str] | None:
    from dana_sandbox.facades.numpy_facade import numpy_names
    from dana_sandbox.facades.numpy_tables import NUMPY_EXPORTS

    try:
        return frozenset(numpy_names(module).split()) if module in NUMPY_EXPORTS else None
    except ModuleNotFoundError:
        return None
