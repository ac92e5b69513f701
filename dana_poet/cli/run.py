"""`dana-poet run`: the warm path. It reads its arguments by hand, because argparse costs more than a cached program."""

from __future__ import annotations

import os
import sys
from typing import Any

from dana_poet.errors import PolicyError, SettingsError, UsageError
from dana_poet.runtime import execute
from dana_poet.runtime.policy import Policy
from dana_poet.runtime.session import new_program, opened_state

USAGE = """\
usage: dana-poet run FILE.na [key=value ...] [options]

Runs a program. key=value go to its __main__: JSON, @file.json or text, coerced to the annotations there.

  --state DIR          where agents, learners and events persist (default: .poet beside the file);
                       with --sandbox: where agents persist, and without it nothing does
  --sandbox            run the whole program in the isolated worker
  --timeout SECONDS    with --sandbox: end the program after this time (default: 60)
  --memory MIB         with --sandbox: the memory it may take (default: 512)
  --allow-import M     allow a Python module beyond the safe list (may be repeated)
  --llm MODEL          the language model to ask
  --json               print result, output, diagnostics and timings as one JSON object
  --trace              print the stages of pipelines with their times, on standard error
  --python-traceback   show Python's own traceback too when the program fails
"""
WITH_VALUE = {"--state", "--allow-import", "--llm", "--timeout", "--memory"}
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
        if word in {"--help", "-h"}:
            options.flags.add("--help")
        elif name in WITH_VALUE:
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
    if not options.file and "--help" not in options.flags:
        raise UsageError("which file?", hint="dana-poet run FILE.na")
    return options


def _unknown_option(name: str) -> UsageError:
    import difflib

    if name in FLAGS:
        return UsageError(f"{name} takes no value")
    near = difflib.get_close_matches(name, [*WITH_VALUE, *FLAGS], 1)
    return UsageError(f"there is no option {name}", hint=f"did you mean {near[0]}?" if near else "see --help")


def _add_argument(options: Options, word: str, name: str, equals: str, value: str) -> None:
    if not equals or not name.isidentifier():
        raise UsageError(f"'{word}' is no key=value", hint="write arguments for __main__ as name=value")
    if name in options.arguments:
        raise UsageError(f"'{name}' is given twice")
    from dana_poet.runtime.arguments import Given

    options.arguments[name] = Given(value)


def run(words: list[str]) -> int:
    """Run a program and return the exit code."""
    options = parse(words)
    if "--help" in options.flags:
        print(USAGE, end="")
        return 0
    if "--json" not in options.flags:
        return _run(options)
    try:
        return _run(options)
    except (UsageError, SettingsError, PolicyError) as error:
        from dana_poet.cli.run_json import refused

        return refused(error, options.file)


def _run(options: Options) -> int:
    file = options.file
    if os.path.isfile(file) and not file.endswith(".na"):
        raise UsageError(f"{file} is not a .na file")
    if "--sandbox" in options.flags:
        from dana_poet.cli.run_sandboxed import run_sandboxed

        code: int = run_sandboxed(options)
        return code
    for word in ("--timeout", "--memory"):
        if word in options.values:
            raise UsageError(f"{word} is a limit of the sandbox", hint="add --sandbox, or leave it out")
    policy = Policy(frozenset(options.values.get("--allow-import", ())))
    state = options.values.get("--state", [None])[-1]
    program = new_program(os.path.dirname(os.path.abspath(file)), policy, state)
    program.model = model_name(options)
    if "--trace" not in options.flags:
        return _within(options, program)
    from dana_poet.runtime import pipeline_trace

    pipeline_trace.on()
    try:
        return _within(options, program)
    finally:
        pipeline_trace.off()


def _within(options: Options, program: execute.Program) -> int:
    if "--json" in options.flags:
        from dana_poet.cli.run_json import run_json

        code: int = program.within(run_json, options, program)
    else:
        code = program.within(_run_plain, options, program)
    return code


def model_name(options: Options) -> str:
    """Return the name of the model to ask, empty where the settings say it."""
    given = options.values.get("--llm")
    if given is not None and not given[-1].strip():
        raise UsageError("--llm needs the name of a model")
    return given[-1].strip() if given is not None else ""


def _run_plain(options: Options, program: execute.Program) -> int:
    running = execute.Running()
    failed: BaseException | None = None
    with opened_state(program, options.file):
        try:
            execute.run_file(options.file, options.arguments, program, coerce_text=bool(options.arguments))
        except UsageError:
            raise
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - whatever the program raised is reported
            failed = error
        unseen = running.finish()
    if "--trace" in options.flags:
        sys.modules["dana_poet.runtime.pipeline_trace"].summary()
    if failed is None or not isinstance(failed, BrokenPipeError):
        sys.stdout.flush()
    return report(failed, unseen, options) if failed is not None or unseen else 0


def report(failed: BaseException | None, unseen: list[tuple[str, BaseException]], options: Options) -> int:
    """Report what went wrong on standard error and return the exit code."""
    if isinstance(failed, BrokenPipeError) and is_broken(sys.stdout):
        raise failed
    for label, error in unseen:
        if error is not failed:
            print(f"a promise that nobody awaited failed ({label or 'unnamed'}):", file=sys.stderr)
            _print(error, options)
    if failed is None:
        return 1
    if isinstance(failed, KeyboardInterrupt) and "--python-traceback" not in options.flags:
        _tell_interrupted(failed)
    else:
        _print(failed, options)
    return exit_code(failed)


def _tell_interrupted(error: KeyboardInterrupt) -> None:
    from dana_poet.runtime.tracebacks import place_text

    place = place_text(error)
    print(f"dana-poet run: interrupted{f' at {place}' if place else ''}", file=sys.stderr)


def is_broken(stream: Any) -> bool:
    """Whether nobody reads what is written to a pipe any more."""
    import select

    try:
        poll = select.poll()
        poll.register(stream.fileno(), select.POLLOUT)
        return any(event & select.POLLERR for _, event in poll.poll(0))
    except (OSError, ValueError, AttributeError):
        return True  # closed, or a system without poll: nothing more can be said


def exit_code(error: BaseException) -> int:
    """Return the exit code for a failed program."""
    if isinstance(error, KeyboardInterrupt):
        return 130
    return 3 if isinstance(error, PolicyError) else 1


def _print(error: BaseException, options: Options) -> None:
    from dana_poet.runtime.tracebacks import print_report

    print_report(error, python="--python-traceback" in options.flags)
