"""`dana-poet run --sandbox`: the same output, reports and exit codes, of a program that runs in the isolated worker."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from dana_poet.errors import LimitError, UsageError
from dana_poet.runtime.policy import Policy
from dana_poet.sandboxed.limits import DEFAULT
from dana_poet.sandboxed.session import Answer, Box, Gathered, named_model, run_request, to_terminal

if TYPE_CHECKING:
    from dana_poet.cli.run import Options
    from dana_sandbox.policy import SandboxPolicy


def run_sandboxed(options: Options) -> int:
    """Run a program in the sandbox and return the exit code."""
    from dana_poet.cli.run import model_name
    from dana_poet.runtime.execute import read_text

    policy = Policy(frozenset(options.values.get("--allow-import", ())), sandbox=True, limits=_limits(options))
    path = os.path.abspath(options.file)
    source, _ = read_text(options.file)
    as_json = "--json" in options.flags
    gathered = Gathered()
    model, state = named_model(model_name(options)), options.values.get("--state", [None])[-1]
    with Box(os.path.dirname(path), policy, gathered if as_json else to_terminal, model=model, state=state) as box:
        arguments, typed = _arguments(options)
        request = run_request(box, path, source, arguments, typed=typed, trace="--trace" in options.flags)
        answer, failed = _asked(box, request)
    if isinstance(failed, UsageError):
        raise failed
    return _tell_json(answer, failed, options, gathered) if as_json else _tell(answer, failed, options)


def _asked(box: Box, request: dict[str, Any]) -> tuple[Answer | None, BaseException | None]:
    try:
        answer = box.ask(request)
    except (LimitError, KeyboardInterrupt) as error:
        return None, error
    return answer, answer.error


def _tell(answer: Answer | None, failed: BaseException | None, options: Options) -> int:
    from dana_poet.cli.run import report

    sys.stdout.flush()
    if isinstance(failed, LimitError):
        print(f"{options.file}: error[{failed.code}]: {failed.message}\n   hint: {failed.hint}", file=sys.stderr)
        return 1
    unseen = answer.unseen if answer is not None else []
    return report(failed, unseen, options) if failed is not None or unseen else 0


def _tell_json(answer: Answer | None, failed: BaseException | None, options: Options, gathered: Gathered) -> int:
    from dana_poet.cli.run import exit_code
    from dana_poet.cli.run_json import report_of, write

    unseen = answer.unseen if answer is not None else []
    failed = failed or (unseen[0][1] if unseen else None)
    value = answer.value if answer is not None and failed is None else None
    events = answer.events if answer is not None else ()
    seconds = answer.seconds if answer is not None else 0.0
    write(report_of(value, failed, options.file, gathered.text(), events, seconds))
    return 0 if failed is None else exit_code(failed)


def _arguments(options: Options) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the arguments that are read from files here, and those that the worker reads as they were typed."""
    from dana_poet.runtime.arguments import parse_value

    read = {name: parse_value(given) for name, given in options.arguments.items() if given.startswith("@")}
    return read, {name: str(given) for name, given in options.arguments.items() if name not in read}


def _limits(options: Options) -> SandboxPolicy | None:
    from dataclasses import replace

    from dana_sandbox.policy import PolicyError as BadLimit

    given = {name: options.values[f"--{word}"][-1] for word, name in _FIELDS.items() if f"--{word}" in options.values}
    try:
        changed = {name: json.loads(text) for name, text in given.items()}
        return replace(DEFAULT, **changed) if given else None
    except (ValueError, BadLimit):
        raise UsageError(
            "--timeout takes seconds and --memory whole MiB, both above 0",
            hint="for example --timeout 10 --memory 256",
        ) from None


_FIELDS = {"timeout": "wall_seconds", "memory": "memory_mib"}
