"""`dana-poet run`: the warm path. It reads its arguments by hand, because argparse costs more than a cached program."""

from __future__ import annotations

import os
import sys
from typing import Any

from dana_poet.errors import PolicyError, UsageError
from dana_poet.runtime import execute
from dana_poet.runtime.policy import Policy
from dana_poet.runtime.session import Output, emitted, new_program, opened_state

USAGE = """\
usage: dana-poet run FILE.na [key=value ...] [options]

Runs a program. key=value go to its __main__: JSON, @file.json or text, coerced to the annotations there.

  --state DIR          where agents, learners and events persist (default: .poet beside the file)
  --sandbox            run the whole program in the isolated worker
  --allow-import M     allow a Python module beyond the safe list (may be repeated)
  --llm MODEL          the language model to ask
  --json               print result, output, diagnostics and timings as one JSON object
  --trace              print the stages of pipelines with their times, on standard error
  --python-traceback   show Python's own traceback too when the program fails
"""
WITH_VALUE = {"--state", "--allow-import", "--llm"}
FLAGS = {"--sandbox", "--json", "--trace", "--python-traceback"}


class Options:
    """What the command line said."""

    def __init__(self) -> None:
        self.file = ""
        self.arguments: dict[str, Any] = {}
        self.values: dict[str, list[str]] = {}
        self.flags: set[str] = set()


def parse(words: list[str]) -> Options:
    """Return the options in `words`. UsageError names what makes no sense."""
    options = Options()
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if name in WITH_VALUE:
            given = value if equals else next(rest, None)
            if given is None:
                raise UsageError(f"{name} needs a value")
            options.values.setdefault(name, []).append(given)
        elif word in FLAGS:
            options.flags.add(word)
        elif word.startswith("--"):
            raise _unknown_option(name)
        elif not options.file:
            options.file = word
        else:
            _add_argument(options, word, name, equals, value)
    if not options.file:
        raise UsageError("which file?", hint="dana-poet run FILE.na")
    return options


def _unknown_option(name: str) -> UsageError:
    import difflib

    near = difflib.get_close_matches(name, [*WITH_VALUE, *FLAGS], 1)
    return UsageError(f"there is no option {name}", hint=f"did you mean {near[0]}?" if near else "see --help")


def _add_argument(options: Options, word: str, name: str, equals: str, value: str) -> None:
    if not equals or not name.isidentifier():
        raise UsageError(f"'{word}' is no key=value", hint="write arguments for __main__ as name=value")
    if name in options.arguments:
        raise UsageError(f"'{name}' is given twice")
    from dana_poet.runtime.arguments import parse_value

    options.arguments[name] = parse_value(value)


def run(words: list[str]) -> int:
    """Run a program and return the exit code."""
    if words and words[0] in {"--help", "-h"}:
        print(USAGE, end="")
        return 0
    options = parse(words)
    file = options.file
    if os.path.isfile(file) and not file.endswith(".na"):
        raise UsageError(f"{file} is not a .na file")
    policy = Policy(frozenset(options.values.get("--allow-import", ())), sandbox="--sandbox" in options.flags)
    state = options.values.get("--state", [None])[-1]
    program = new_program(os.path.dirname(os.path.abspath(file)), policy, state)
    program.model = _model(options)
    if "--trace" in options.flags:
        _trace_pipelines()
    code: int = program.within(_run_json if "--json" in options.flags else _run_plain, options, program)
    return code


def _model(options: Options) -> str:
    """Return the name of the model to ask, empty where the settings say it."""
    given = options.values.get("--llm")
    if given is not None and not given[-1].strip():
        raise UsageError("--llm needs the name of a model")
    return given[-1].strip() if given is not None else ""


def _trace_pipelines() -> None:
    from dana_poet.runtime import pipeline_trace

    pipeline_trace.on()


def _run_plain(options: Options, program: execute.Program) -> int:
    running = execute.Running(program)
    failed: BaseException | None = None
    with opened_state(program, options.file):
        try:
            execute.run_file(options.file, options.arguments, program, coerce_text=bool(options.arguments))
        except UsageError:
            raise
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - whatever the program raised is reported
            failed = error
        unseen = running.finish()
    sys.stdout.flush()
    for label, error in unseen:
        if error is not failed:
            print(f"a promise that nobody awaited failed ({label or 'unnamed'}):", file=sys.stderr)
            _print(error, options)
    if failed is not None:
        _print(failed, options)
        return exit_code(failed)
    return 1 if unseen else 0


def exit_code(error: BaseException) -> int:
    """Return the exit code for a failed program."""
    if isinstance(error, KeyboardInterrupt):
        return 130
    return 3 if isinstance(error, PolicyError) else 1


def _print(error: BaseException, options: Options) -> None:
    from dana_poet.runtime.tracebacks import print_report

    print_report(error, python="--python-traceback" in options.flags)


def _run_json(options: Options, program: execute.Program) -> int:
    """Run with all output collected, and print one JSON object."""
    import json

    output = Output(program.namespace)
    running = execute.Running(program)
    value: Any = None
    failed: BaseException | None = None
    with opened_state(program, options.file):
        try:
            value = execute.run_file(options.file, options.arguments, program, coerce_text=bool(options.arguments))
            unseen = running.finish()
            failed = unseen[0][1] if unseen else None
        except UsageError:
            raise
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - whatever the program raised is reported
            failed = error
    report = {
        "ok": failed is None, "value": plain(value), "output": output.taken(),
        "diagnostics": _diagnostics(failed, options.file), "events": [plain(event) for event in emitted()],
        "seconds": round(running.seconds, 6),
    }  # fmt: skip
    print(json.dumps(report, ensure_ascii=False, default=repr))
    return 0 if failed is None else exit_code(failed)


def _diagnostics(failed: BaseException | None, file: str) -> list[dict[str, Any]]:
    if failed is None:
        return []
    from dana_grammar.show_error import to_json
    from dana_poet.runtime.tracebacks import diagnostics_of

    return [to_json(diagnostic) for diagnostic in diagnostics_of(failed, file)]


def plain(value: Any) -> Any:
    """Return a value as JSON can say it: structs as dicts, what has no JSON form as text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value if type(value) in (type(None), bool, int, float, str) else str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if hasattr(type(value), "__dana_fields__") and hasattr(value, "__slots__"):
        return {name: plain(getattr(value, name)) for name in value.__slots__}
    return repr(value)
