"""Public names of the real modules that programs do not get, each with its reason: what the facades' tables left out."""

from __future__ import annotations

_MODULES = "another module (or a name of one) that the module imports for itself"
_METACLASS = "a metaclass"
_ASYNC = "asynchronous code is not available"
_FILES = "opens files"
_HOST = "tells about the host"
_GETATTR = "reads or writes attributes by name"
_EVALUATES = "evaluates or runs text"
_STATE = "changes what other calls see"
_SCRIPT = "the module run as a script"
_RARE = "an internal or deprecated name that ordinary programs do not use"

NOT_EXPORTED: dict[str, dict[str, str]] = {
    "abc": {
        _METACLASS: "ABCMeta",
        _RARE: "abstractclassmethod abstractproperty abstractstaticmethod get_cache_token",
        _GETATTR: "update_abstractmethods",
    },
    "base64": {
        _MODULES: "binascii re struct",
        _SCRIPT: "main test",
        _FILES: "decode encode",
        _RARE: "MAXBINSIZE MAXLINESIZE bytes_types",
    },
    "calendar": {
        _MODULES: "IntEnum datetime global_enum repeat sys warnings",
        _SCRIPT: "main",
        _STATE: "LocaleHTMLCalendar LocaleTextCalendar different_locale c",
        _RARE: "format formatstring prweek",
    },
    "collections": {_GETATTR: "UserString"},
    "collections.abc": {
        _MODULES: "ABCMeta EllipsisType FunctionType GenericAlias abstractmethod sys",
        _RARE: """async_generator bytearray_iterator bytes_iterator coroutine dict_itemiterator dict_items
            dict_keyiterator dict_keys dict_valueiterator dict_values framelocalsproxy generator list_iterator
            list_reverseiterator longrange_iterator mappingproxy range_iterator set_iterator str_iterator
            tuple_iterator zip_iterator""",
    },
    "contextlib": {
        _MODULES: "GenericAlias MethodType abc deque os sys wraps",
        _ASYNC: "AbstractAsyncContextManager AsyncContextDecorator AsyncExitStack aclosing asynccontextmanager",
        _FILES: "chdir",
        _GETATTR: "redirect_stderr redirect_stdout",
    },
    "copy": {_STATE: "dispatch_table"},
    "csv": {_MODULES: "StringIO re types"},
    "dataclasses": {
        _MODULES: "FunctionType GenericAlias abc builtins copy functools inspect itertools keyword re recursive_repr sys types",
        _EVALUATES: "Field make_dataclass",
    },
    "datetime": {_MODULES: "sys", _RARE: "datetime_CAPI"},
    "difflib": {_MODULES: "GenericAlias"},
    "enum": {
        _MODULES: "DynamicClassAttribute MappingProxyType bin bltns reduce sys",
        _METACLASS: "EnumMeta EnumType EnumDict",
        _GETATTR: "property",
        _STATE: "global_enum global_enum_repr global_flag_repr global_str pickle_by_enum_name pickle_by_global_name",
    },
    "fractions": {_MODULES: "Decimal functools math numbers operator re sys"},
    "functools": {
        _MODULES: "GenericAlias RLock get_cache_token namedtuple recursive_repr",
        _EVALUATES: "singledispatch singledispatchmethod",
        _GETATTR: "WRAPPER_ASSIGNMENTS WRAPPER_UPDATES",
    },
    "hashlib": {_FILES: "file_digest"},
    "html": {_STATE: "entities"},
    "io": {
        _FILES: "FileIO open open_code",
        _MODULES: "BlockingIOError abc",
        _RARE: """BufferedIOBase BufferedRWPair BufferedRandom BufferedReader BufferedWriter IOBase
            IncrementalNewlineDecoder RawIOBase TextIOBase TextIOWrapper text_encoding""",
    },
    "json": {_MODULES: "codecs", _RARE: "detect_encoding scanner"},
    "logging": {
        _MODULES: "GenericAlias Template atexit collections io os re sys threading time traceback warnings weakref",
        _EVALUATES: "BufferingFormatter Formatter LogRecord PercentStyle StrFormatStyle StringTemplateStyle makeLogRecord",
        _FILES: "FileHandler",
        _HOST: "currentframe",
        _STATE: """Manager RootLogger addLevelName captureWarnings getHandlerByName getHandlerNames getLogRecordFactory
            getLoggerClass lastResort logAsyncioTasks logMultiprocessing logProcesses logThreads raiseExceptions root
            setLogRecordFactory setLoggerClass shutdown""",
        _RARE: "BASIC_FORMAT Filter Filterer Handler LoggerAdapter PlaceHolder getLevelNamesMapping",
    },
    "numbers": {_MODULES: "ABCMeta abstractmethod"},
    "operator": {_GETATTR: "attrgetter methodcaller"},
    "random": {
        _HOST: "SystemRandom",
        _SCRIPT: "main",
        _RARE: "BPF LOG4 NV_MAGICCONST RECIP_BPF SG_MAGICCONST TWOPI",
    },
    "re": {_MODULES: "copyreg enum functools", _RARE: "Scanner T TEMPLATE template"},
    "statistics": {
        _MODULES: """Counter Decimal Fraction acos asin atan bisect_left bisect_right cos cosh count defaultdict erf exp
            fabs fsum groupby hypot isfinite isinf itemgetter log math mul namedtuple numbers pi random reduce repeat
            sin sqrt sumprod sys tan tau""",
    },
    "string": {_GETATTR: "Formatter"},
    "textwrap": {_MODULES: "re"},
    "time": {
        _HOST: """CLOCK_BOOTTIME CLOCK_HIGHRES CLOCK_MONOTONIC CLOCK_MONOTONIC_RAW CLOCK_MONOTONIC_RAW_APPROX CLOCK_PROCESS_CPUTIME_ID
            CLOCK_PROF CLOCK_REALTIME CLOCK_TAI CLOCK_THREAD_CPUTIME_ID CLOCK_UPTIME CLOCK_UPTIME_RAW
            CLOCK_UPTIME_RAW_APPROX CLOCK_MONOTONIC_RAW_APPROX clock_getres clock_gettime clock_gettime_ns
            get_clock_info pthread_getcpuclockid""",
        _STATE: "clock_settime clock_settime_ns tzset",
    },
    "types": {
        _ASYNC: "AsyncGeneratorType CoroutineType coroutine",
        _GETATTR: "DynamicClassAttribute",
        _METACLASS: "new_class prepare_class resolve_bases get_original_bases",
        _EVALUATES: "CodeType",
        _HOST: "FrameType TracebackType CellType CapsuleType",
        _RARE: """ClassMethodDescriptorType GetSetDescriptorType MemberDescriptorType MethodDescriptorType
            MethodWrapperType WrapperDescriptorType""",
    },
    "typing": {
        _MODULES: """ABCMeta GenericAlias MethodDescriptorType MethodWrapperType WrapperDescriptorType abstractmethod
            collections contextlib copyreg defaultdict functools io operator re stdlib_re sys types warnings""",
        _ASYNC: "AsyncContextManager",
        _METACLASS: "NamedTupleMeta",
        _EVALUATES: "ForwardRef get_type_hints",
        _GETATTR: "dataclass_transform get_protocol_members is_protocol no_type_check no_type_check_decorator",
        _STATE: "clear_overloads get_overloads reveal_type",
        _RARE: "CT_co EXCLUDED_ATTRIBUTES KT NoDefault T TypeAliasType T_co T_contra VT VT_co V_co",
    },
    "unicodedata": {_RARE: "UCD"},
    "uuid": {_MODULES: "Enum bytes_ int_ os platform sys", _HOST: "getnode uuid1", _SCRIPT: "main"},
    "binascii": {_RARE: "a2b_qp a2b_uu b2a_qp b2a_uu"},
    "graphlib": {_MODULES: "GenericAlias"},
    "hmac": {_RARE: "HMAC digest_size trans_36 trans_5C"},
    "pprint": {_MODULES: "re"},
    "secrets": {_MODULES: "base64 binascii", _HOST: "SystemRandom", _RARE: "DEFAULT_ENTROPY"},
    "sys": {
        _HOST: """abiflags activate_stack_trampoline addaudithook api_version argv audit base_exec_prefix base_prefix
            breakpointhook builtin_module_names call_tracing copyright deactivate_stack_trampoline displayhook
            dont_write_bytecode exc_info excepthook exception exec_prefix executable exit flags float_repr_style
            get_asyncgen_hooks get_coroutine_origin_tracking_depth get_int_max_str_digits getallocatedblocks
            getdefaultencoding getdlopenflags getfilesystemencodeerrors getfilesystemencoding getprofile
            getrecursionlimit getrefcount getsizeof getswitchinterval gettrace getunicodeinternedsize hash_info
            hexversion implementation intern is_finalizing is_stack_trampoline_active meta_path modules
            monitoring orig_argv path path_hooks path_importer_cache platform platlibdir prefix pycache_prefix
            set_asyncgen_hooks set_coroutine_origin_tracking_depth set_int_max_str_digits setdlopenflags
            setprofile setrecursionlimit setswitchinterval settrace stderr stdin stdlib_module_names stdout
            thread_info unraisablehook version version_info warnoptions"""
    },
    "urllib.parse": {
        _MODULES: "functools ipaddress math namedtuple re sys types warnings",
        _RARE: """DefragResult DefragResultBytes ParseResultBytes ResultBase SplitResultBytes clear_cache
            non_hierarchical scheme_chars splitattr splithost splitnport splitpasswd splitport splitquery
            splittag splittype splituser splitvalue to_bytes unwrap uses_fragment uses_netloc uses_params
            uses_query uses_relative""",
    },
    "warnings": {
        _MODULES: "sys",
        _STATE: """WarningMessage defaultaction deprecated filters formatwarning onceregistry showwarning warn_explicit""",
    },
    "zlib": {
        _RARE: """DEFLATED DEF_BUF_SIZE DEF_MEM_LEVEL ZLIB_RUNTIME_VERSION ZLIB_VERSION Z_BLOCK Z_DEFAULT_STRATEGY
            Z_FILTERED Z_FINISH Z_FIXED Z_FULL_FLUSH Z_HUFFMAN_ONLY Z_NO_FLUSH Z_PARTIAL_FLUSH Z_RLE
            Z_SYNC_FLUSH Z_TREES"""
    },
}
