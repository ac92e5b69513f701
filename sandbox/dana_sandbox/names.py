"""Names that the check, the compiler and the guards must agree on. Tables only."""

# Names of the guards in compiled programs. No Python source can spell them, so nothing can shadow or reach them.
OWN = "<own>"  # OWN(obj, name) -> obj, or a refusal: before `obj._name`, `obj.__class__`, every attribute store
FORMAT = "<format>"  # FORMAT(obj, name) -> what `obj.format` / `obj.format_map` means here
IMPORT = "<import>"  # IMPORT("json") -> facade
IMPORT_FROM = "<from>"  # IMPORT_FROM("math", "pi") -> the exported value
SET = "<set>"  # SET(obj, name) -> obj when its attributes may be assigned or deleted
DOOR = "<door>"  # DOOR(obj, name) -> obj, or a refusal: before `obj.obj` and, with numpy, the doors of arrays
METHOD = "<method>"  # METHOD(obj, name) -> a guarded `obj.__setattr__`, `__delattr__`, `__getattr__`, `__init__`
READ = "<read>"  # READ(obj, name) -> a copy of `obj.__annotations__` and its like, of what the program made
KIND = "<kind>"  # KIND(obj) -> type(obj): for `a.__class__ is b.__class__` and `a.__class__.__name__`
SEAL = "<seal>"  # decorator of an own `__getattr__` where numpy is, which asks every object for an address in memory
STATE = "<state>"  # not a guard: where the state of the run lies for guards that no run made

# Methods that a program's class may define, and that may be called by name (`super().__init__()`).
DUNDER_METHODS: frozenset[str] = frozenset(
    f"__{name}__"
    for name in (
        "init new post_init repr str bytes format hash bool len length_hint iter next reversed contains call "
        "getitem setitem delitem missing enter exit eq ne lt le gt ge add sub mul matmul truediv floordiv mod divmod "
        "pow lshift rshift and or xor radd rsub rmul rmatmul rtruediv rfloordiv rmod rdivmod rpow rlshift rrshift "
        "rand ror rxor iadd isub imul imatmul itruediv ifloordiv imod ipow ilshift irshift iand ior ixor neg pos abs "
        "invert int float complex index round trunc floor ceil copy deepcopy getattr setattr delattr"
    ).split()
)

# Of these, the ones that take the name of an attribute: what a program gets of them checks that name.
NAMING_METHODS: frozenset[str] = frozenset({"__setattr__", "__delattr__", "__getattr__"})
# Methods of descriptors: the library's own would read and store attributes on the object that they are given.
DESCRIPTOR_METHODS: frozenset[str] = frozenset({"__get__", "__set__", "__delete__"})
# The ones that a program gets from a guard: `__init__` sets up only objects of the program's own classes.
LENT_METHODS: frozenset[str] = NAMING_METHODS | DESCRIPTOR_METHODS | {"__init__"}

# Dunder attributes that may be read on anything.
READABLE_DUNDERS: frozenset[str] = frozenset({"__name__", "__qualname__", "__doc__"})
# What an exception knows of other exceptions; nothing else has these.
ERROR_DUNDERS: frozenset[str] = frozenset({"__cause__", "__context__", "__suppress_context__", "__notes__"})
# Dunder attributes of which a program gets a copy, and only of its own classes, instances and functions.
COPIED_DUNDERS: frozenset[str] = frozenset(
    {"__annotations__", "__members__", "__slots__", "__match_args__", "__module__"}
)
# Dunder attributes that may be read on instances of the program's own classes (a guard looks).
OWN_DUNDERS: frozenset[str] = frozenset({"__class__", "__dict__"})
# Dunder names that a module may bind, and those that a class body may bind
MODULE_DUNDERS: frozenset[str] = frozenset({"__all__", "__version__", "__author__", "__doc__"})
# beside methods. The methods of descriptors are called by Python alone, as a property's functions are.
CLASS_DUNDERS: frozenset[str] = frozenset(
    {"__slots__", "__match_args__", "__hash__", "__doc__", "__eq__", "__get__", "__set__", "__delete__"}
)
# Single-underscore names that the library itself gives a meaning, readable on its classes.
LIBRARY_PRIVATE: frozenset[str] = frozenset({"_replace", "_asdict", "_fields", "_make", "_field_defaults"})
ENUM_SUNDERS: frozenset[str] = frozenset(
    {"_missing_", "_generate_next_value_", "_ignore_", "_order_", "_value_", "_name_"}
)

# Attributes that reach into the interpreter: frames, code, generators, tracebacks, type order.
INTERPRETER_ATTRIBUTES: frozenset[str] = frozenset(
    "tb_frame tb_next tb_lasti tb_lineno f_back f_builtins f_code f_generator f_globals f_lasti f_lineno f_locals "
    "f_trace f_trace_lines f_trace_opcodes co_code co_consts co_names co_varnames co_freevars co_cellvars "
    "co_filename co_lnotab co_linetable co_exceptiontable co_positions co_lines gi_frame gi_code gi_yieldfrom "
    "gi_running gi_suspended cr_frame cr_code cr_await cr_origin cr_running ag_frame ag_code ag_await ag_running "
    "mro with_traceback func_globals func_code func_closure func_defaults im_func im_self im_class".split()
)
# Attributes that are harmless on the program's own objects and not on others: AttributeError.obj, memoryview.obj, and
# ABCMeta.register, which makes `case Own(x)` read what the tuple of names of Own says from any object.
GUARDED_ATTRIBUTES: frozenset[str] = frozenset({"obj", "register"})
FORMAT_ATTRIBUTES: frozenset[str] = frozenset({"format", "format_map"})
# Doors of numpy arrays; guarded only where the program may use numpy.
ARRAY_DOORS: frozenset[str] = frozenset(
    "ctypes tofile dump dumps setflags data base newbyteorder resize capsule cffi fields".split()
)
