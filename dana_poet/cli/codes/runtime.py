"""The codes of errors that come up while a program runs: D2 the program itself, D3 POET, D4 the sandbox and the policy."""

from __future__ import annotations

from typing import Final, NamedTuple


class RuntimeCode(NamedTuple):
    """What one code means, with what to do about it, and a wrong and a right program where there is one."""

    title: str
    meaning: str
    wrong: str = ""
    right: str = ""


CODES: Final[dict[str, RuntimeCode]] = {
    "D2000": RuntimeCode(
        "an error that the program raised",
        "The program raised this error itself, or Python code that it called did. Catch it with `except` where the "
        "program can go on without the result.",
        'raise "no data"\n',
        'try:\n    raise "no data"\nexcept as e:\n    print(e)\n',
    ),
    "D2001": RuntimeCode(
        "a value of the wrong type",
        "A value cannot become the type that was asked for, or an operation does not work on values of these types. "
        "Convert it first, or look where it comes from.",
        'x: int = "many"\n',
        'x: int = "42"\n',
    ),
    "D2002": RuntimeCode(
        "a value that cannot be used",
        "The value has the right type, but lies outside of what the function takes.",
        'x = int("12 apples")\n',
        'x = int("12")\n',
    ),
    "D2003": RuntimeCode(
        "no such field or method",
        "The value has no field, member or method of this name. The message names a similar one where there is one.",
        "struct P:\n    x: int\np = P(x=1)\nprint(p.y)\n",
        "struct P:\n    x: int\np = P(x=1)\nprint(p.x)\n",
    ),
    "D2004": RuntimeCode(
        "a call that does not fit",
        "An argument is missing, or there is one that the function has no parameter for. Compare the call with the "
        "line of the definition.",
        "def f(a, b):\n    return a + b\nf(1)\n",
        "def f(a, b):\n    return a + b\nf(1, 2)\n",
    ),
    "D2005": RuntimeCode(
        "a module that cannot be imported",
        "No file of this name is in the folder of the program, the working folder, a folder of DANAPATH or the "
        "library; or the module failed while it was loaded; or two modules import each other. A Python module is "
        "imported with the suffix `.py`.",
        "import no_such_module\n",
        "import math.py\nprint(math.pi)\n",
    ),
    "D2006": RuntimeCode(
        "a pipeline that is put together wrongly",
        "A stage is no function, no pipeline and no list of them, or a captured value is read before it is there. An "
        "error inside of a stage keeps its own code.",
        "def double(x):\n    return x * 2\np = double | 3\n",
        "def double(x):\n    return x * 2\np = double | double\n",
    ),
    "D2010": RuntimeCode(
        "a language model that does not answer",
        "The model could not be reached, refused the request, or gave an answer of the wrong shape twice. Look at the "
        "message of the service, and try `dana-poet doctor`.",
    ),
    "D2011": RuntimeCode(
        "no language model is configured",
        "The program asks a language model. Set OPENAI_API_KEY, or DANA_LLM_BASE_URL for a model of your own; "
        "DANA_MOCK_LLM=true gives fixed answers for trying things out.",
    ),
    "D2012": RuntimeCode(
        "a setting that makes no sense",
        "A value in dana.toml, in [tool.dana-poet] of pyproject.toml or in a DANA_* variable has the wrong form. The "
        "message names the place.",
    ),
    "D2013": RuntimeCode(
        "state that cannot be read or written",
        "A file in the state folder (`.poet`, or what --state says) is damaged or cannot be reached. A damaged file is "
        "kept beside the new one; check permissions and free space.",
    ),
    "D2014": RuntimeCode(
        "a command or call that makes no sense",
        "The command line or a function of the Python interface was given arguments that do not go together. "
        "`dana-poet COMMAND --help` lists what there is.",
    ),
    "D2015": RuntimeCode(
        "the event store cannot be used",
        "Events could not be read or written: the disk is full, the folder is read-only, the database is locked or damaged, "
        "or the server does not answer. Events that were published wait in memory and are written when that works again.",
    ),
    "D2016": RuntimeCode(
        "an event was acknowledged too late",
        "The lease on a claimed event ran out and somebody else claimed it, or it was acknowledged before. Claim with a "
        "longer `lease_seconds`, or fewer events at once.",
    ),
    "D2020": RuntimeCode(
        "a division by zero",
        "The right side of `/`, `//` or `%` is zero. Test it before, or catch ZeroDivisionError.",
        "x = 1 / 0\n",
        "n = 0\nx = 1 / n if n != 0 else 0\n",
    ),
    "D2021": RuntimeCode(
        "a key that is not in the dict",
        "The dict has no such key. `d.get(key, default)` gives a default, `key in d` asks first.",
        'd = {"a": 1}\nprint(d["b"])\n',
        'd = {"a": 1}\nprint(d.get("b", 0))\n',
    ),
    "D2022": RuntimeCode(
        "an index beyond the end",
        "The list or text has fewer elements. The first has the index 0, the last -1.",
        "xs = [1, 2]\nprint(xs[2])\n",
        "xs = [1, 2]\nprint(xs[-1])\n",
    ),
    "D2023": RuntimeCode(
        "calls inside of calls without end",
        "A function calls itself, directly or over others, and nothing stops it in time.",
        "def f(n):\n    return f(n - 1)\nf(3)\n",
        "def f(n):\n    return 0 if n == 0 else f(n - 1)\nf(3)\n",
    ),
    "D2024": RuntimeCode(
        "an assertion that does not hold",
        "The condition behind `assert` is false. The text behind the comma says what was expected.",
        'x = 1\nassert x > 2, "x is too small"\n',
        'x = 3\nassert x > 2, "x is too small"\n',
    ),
    "D2025": RuntimeCode("the program was interrupted", "Someone pressed Ctrl-C, or the process got the same signal."),
    "D2026": RuntimeCode(
        "out of memory",
        "The program needs more memory than it may have. Work through the data in parts; `pipeline.stream` does so.",
    ),
    "D3001": RuntimeCode(
        "an input or a result that breaks its rules",
        "A `@poet` function was given a value that is not what its type hints and constraints say, or returned one.",
        '@poet\ndef half(n: int) -> float:\n    return n / 2\nhalf("many")\n',
        '@poet\ndef half(n: int) -> float:\n    return n / 2\nhalf("8")\n',
    ),
    "D3002": RuntimeCode(
        "a wrong option of @poet",
        "An option is misspelled or its value makes no sense. The message names the options that there are.",
        "@poet(retires=3)\ndef f(x):\n    return x\n",
        "@poet(retries=3)\ndef f(x):\n    return x\n",
    ),
    "D3003": RuntimeCode(
        "a @poet function that took too long",
        "The function did not finish within its `timeout`, retries included. Give it more time, or less to do.",
        "@poet(timeout=0.05)\ndef wait():\n    sleep(0.5)\nwait()\n",
        "@poet(timeout=5.0)\ndef wait():\n    sleep(0.05)\nwait()\n",
    ),
    "D3004": RuntimeCode(
        "a function without source",
        "What was asked for needs the text of a function, and it has none that can be read: it is a lambda, a function "
        "written in C, or its file has changed. `@poet` works on it all the same, without generated versions.",
    ),
    "D3005": RuntimeCode(
        "a @poet function that is left alone for a while",
        "The function failed so often in a row that its circuit breaker is open: calls are refused at once, until a trial "
        "call succeeds. `circuit_breaker={...}` sets after how many failures and for how long, `fallback=` what to do then.",
        '@poet(retries=0, circuit_breaker=1)\ndef ask():\n    raise ConnectionError("down")\n'
        'try:\n    ask()\nexcept ConnectionError:\n    print("once")\nask()\n',
        '@poet(retries=0, circuit_breaker=1, fallback="nobody")\ndef ask():\n    raise ConnectionError("down")\n'
        "ask()\nask()\n",
    ),
    "D3010": RuntimeCode(
        "a version that could not be generated",
        "A generator made no candidate: the model did not answer, refused, or wrote something else than the function that "
        "was asked for, or the budget does not cover another question. The original goes on serving. The error's `reason` "
        "says which; `docs/generation.md` lists them.",
    ),
    "D3011": RuntimeCode(
        "a generated version that gave no value",
        "A call of a generated version was refused by the sandbox, raised, or was ended at a limit. The error's `kind` "
        "says which, `acted` whether it had called the original before.",
    ),
    "D3020": RuntimeCode(
        "an event that is not what its type says",
        "A payload lacks a field of its event type, has it with another type, or holds something that is no plain JSON data. "
        "The message starts with the field, such as payload.user.when.",
    ),
    "D3021": RuntimeCode(
        "a judge that gave no scores",
        "A model that was to judge answers by a rubric did not answer with one number from 0 to 1 for each criterion. There "
        "is no score then: nothing is counted as bad for it.",
    ),
    "D4001": RuntimeCode(
        "not allowed by the policy",
        "The program wants to touch something that its policy keeps from it: a Python module, a file, an address, or "
        "the machinery of Python. The one who runs the program can allow modules with --allow-import. A program in the "
        "sandbox has fewer: the message lists them.",
        "import subprocess.py\n",
        "import math.py\nprint(math.pi)\n",
    ),
    "D4002": RuntimeCode(
        "a program in the sandbox that took too long",
        "The sandbox ended the program when its time was over: 60 seconds, or what --timeout SECONDS or "
        "SandboxPolicy(wall_seconds=...) says. What it had printed until then is kept; a session has lost its names.",
    ),
    "D4003": RuntimeCode(
        "a program in the sandbox that needs too much memory",
        "The program asked for more memory than the sandbox gives: 512 MiB, or what --memory MIB or "
        "SandboxPolicy(memory_mib=...) says. Work through the data in parts.",
    ),
    "D4004": RuntimeCode(
        "a program in the sandbox that is too much to take",
        "The program printed more than 8 MiB, or its result or its text is too long. SandboxPolicy has a limit for each: "
        "output_bytes, result_bytes, source_bytes.",
    ),
    "D4005": RuntimeCode(
        "a program in the sandbox that ended unexpectedly",
        "The process of the program ended, or sent what is no answer. Very deep recursion in Python's own code does "
        "that, and so does a program that attacks the sandbox. Nothing of it reached this side.",
    ),
}
