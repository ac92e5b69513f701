"""The verbs beside `run`: check, fmt, transpile, repl, test, explain, doctor."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from dana_grammar.errors import DanaSourceError, Diagnostic
from dana_poet.errors import UsageError
from dana_poet.runtime import execute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STDIN = "<stdin>"


def parser(verb: str, about: str) -> argparse.ArgumentParser:
    """Return an argument parser that reports mistakes as UsageError, and takes no abbreviations."""

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> Any:
            raise UsageError(message[:1].lower() + message[1:], hint=f"see dana-poet {verb} --help")

    return Parser(prog=f"dana-poet {verb}", description=about, allow_abbrev=False)


def files_in(paths: list[str]) -> Iterator[str]:
    """Yield the `.na` files that `paths` name; folders are searched."""
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
            yield from (os.path.normpath(os.path.join(folder, name)) for name in sorted(names) if name.endswith(".na"))


def read(file: str) -> str:
    """Return the text of a `.na` file, or of standard input for `-`. UsageError for what is no such file."""
    if file == "-":
        return execute.decode(sys.stdin.buffer.read(), STDIN)
    if os.path.isfile(file) and not file.endswith(".na"):
        raise UsageError(f"{file} is not a .na file")
    return execute.read_text(file)[0]


def complain(verb: str, error: UsageError) -> None:
    """Say on standard error what is wrong with one of several files."""
    hint = f" ({error.hint})" if error.hint else ""
    print(f"dana-poet {verb}: {error.message}{hint}", file=sys.stderr)


def show(diagnostics: tuple[Diagnostic, ...] | list[Diagnostic], text: str, stream: Any = None) -> None:
    """Print diagnostics for a person."""
    from dana_grammar.show_error import render_all

    stream = stream or sys.stderr
    if diagnostics:
        texts = dict.fromkeys((one.file for one in diagnostics), text)
        print(render_all(tuple(diagnostics), texts, color=stream.isatty()).rstrip("\n"), file=stream)


def check(words: list[str]) -> int:
    """`dana-poet check`."""
    options = parser("check", "Find mistakes without running. Exit 1 when there is an error.")
    options.add_argument("files", nargs="+", metavar="FILE", help="files or folders")
    options.add_argument("--syntax-only", action="store_true", help="look at the syntax alone")
    form = options.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON list of diagnostics")
    form.add_argument("--sarif", action="store_true", help="print SARIF 2.1.0")
    given = options.parse_args(words)
    from dana_poet.runtime.session import check as check_text

    found: list[Diagnostic] = []
    count = unreadable = 0
    for file in files_in(given.files):
        text = ""
        try:
            text = read(file)
            diagnostics = check_text(text, file, syntax_only=given.syntax_only)
        except DanaSourceError as error:
            diagnostics = list(error.diagnostics)
        except UsageError as error:
            complain("check", error)
            unreadable += 1
            continue
        count += 1
        found += diagnostics
        if not (given.json or given.sarif):
            show(diagnostics, text, sys.stdout)
    _summary(given, found, count)
    if unreadable:
        return 2
    return 1 if any(one.severity == "error" for one in found) else 0


def _summary(given: argparse.Namespace, found: list[Diagnostic], count: int) -> None:
    if given.json or given.sarif:
        import json

        from dana_grammar.show_error import to_json, to_sarif

        print(json.dumps([to_json(one) for one in found] if given.json else to_sarif(tuple(found)), ensure_ascii=False))
        return
    errors = sum(one.severity == "error" for one in found)
    warnings = sum(one.severity == "warning" for one in found)
    files = f"{count} file{'' if count == 1 else 's'}"
    print(
        f"{files} checked: {errors} error{'' if errors == 1 else 's'}, {warnings} warning{'' if warnings == 1 else 's'}"
    )


def fmt(words: list[str]) -> int:
    """`dana-poet fmt`."""
    options = parser("fmt", "Format in place. The program means the same; comments are kept.")
    options.add_argument("files", nargs="+", metavar="FILE", help="files or folders; - for standard input")
    options.add_argument("--check", action="store_true", help="change nothing; exit 1 when something would change")
    options.add_argument("--diff", action="store_true", help="change nothing; print what would change")
    given = options.parse_args(words)
    if "-" in given.files and given.files != ["-"]:
        raise UsageError("- is standard input and stands alone")
    changed = failed = unreadable = 0
    for file in files_in(given.files):
        text = ""
        try:
            text = read(file)
            changed += _format_one(file, text, given)
        except DanaSourceError as error:
            show(error.diagnostics, text)
            failed += 1
        except UsageError as error:
            complain("fmt", error)
            unreadable += 1
    if unreadable:
        return 2
    return 1 if failed or (changed and (given.check or given.diff)) else 0


def _format_one(file: str, text: str, given: argparse.Namespace) -> bool:
    """Format one file; return whether it changed or would."""
    from dana_poet.runtime.session import format as format_text

    name = STDIN if file == "-" else file
    new = format_text(text, name)
    changed = new != text
    if file == "-" and not (given.diff or given.check):
        sys.stdout.buffer.write(new.encode("utf-8", "surrogatepass"))
    elif changed and not (given.diff or given.check):
        _write(file, new)
        print(f"formatted {file}")
    if changed and given.diff:
        _print_diff(text, new, name)
    if changed and given.check:
        print(f"would format {name}")
    return changed


def _print_diff(old: str, new: str, name: str) -> None:
    import difflib

    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for line in difflib.unified_diff(before, after, name, name):
        sys.stdout.write(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")


def _write(file: str, text: str) -> None:
    """Replace a file in one step, so that a crash leaves the old or the new text and never half of one."""
    shown, file = file, os.path.realpath(file)  # a link stays a link
    temporary = f"{file}.{os.getpid()}.tmp"
    try:
        mode = os.stat(file).st_mode
        if not os.access(file, os.W_OK):
            raise UsageError(f"cannot write {shown}: Permission denied")
        with open(temporary, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, file)
    except OSError as error:
        raise UsageError(f"cannot write {shown}: {error.strerror}") from None
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def transpile(words: list[str]) -> int:
    """`dana-poet transpile`."""
    options = parser("transpile", "Print the Python that will run.")
    options.add_argument("file", metavar="FILE", help="the program; - for standard input")
    given = options.parse_args(words)
    from dana_poet.runtime.session import transpile as to_text

    text = ""
    try:
        text = read(given.file)
        print(to_text(text, STDIN if given.file == "-" else given.file))
    except DanaSourceError as error:
        show(error.diagnostics, text)
        return 1
    return 0


def repl(words: list[str]) -> int:
    """`dana-poet repl`."""
    options = parser("repl", "Interactive session.")
    options.add_argument("--state", metavar="DIR", help="where agents, learners and events persist")
    options.add_argument("--allow-import", action="append", default=[], metavar="M", help="allow a Python module")
    given = options.parse_args(words)
    from dana_poet.repl import start

    return start(state=given.state, allow_imports=frozenset(given.allow_import))


def test(words: list[str]) -> int:
    """`dana-poet test`."""
    options = parser("test", "Run test_*.na files and the test_ functions in them.")
    options.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="files, folders, or FILE::test_name")
    options.add_argument("-k", metavar="TEXT", default="", help="only tests whose name contains TEXT")
    options.add_argument("-x", action="store_true", help="stop at the first failure")
    options.add_argument("--json", action="store_true", help="print the results as JSON")
    given = options.parse_args(words)
    from dana_poet.cli.test_runner import run_tests

    return run_tests(given.paths, select=given.k, stop=given.x, as_json=given.json)


def explain(words: list[str]) -> int:
    """`dana-poet explain`."""
    options = parser("explain", "What an error code means, with a wrong and a right example.")
    options.add_argument("code", metavar="CODE", nargs="?", help="such as D1001; without one, all codes are listed")
    given = options.parse_args(words)
    from dana_poet.cli import codes

    if given.code is None:
        print("\n".join(codes.all_codes()))
        return 0
    known = [line.split()[0] for line in codes.all_codes()]
    if given.code.upper() not in known:
        from dana_poet.runtime.explanations import nearest

        near = nearest(given.code.upper(), known)
        hint = f"did you mean {near}?" if near else "without a code all of them are listed"
        raise UsageError(f"there is no code {given.code}", hint=hint)
    print(codes.explain(given.code))
    return 0


def doctor(words: list[str]) -> int:
    """`dana-poet doctor`."""
    options = parser("doctor", "Versions, model configuration, isolation layers, state folder.")
    options.add_argument("--json", action="store_true", help="print the report as JSON")
    options.add_argument("--state", metavar="DIR", default=".poet", help="the state folder to look at (default: .poet)")
    given = options.parse_args(words)
    from dana_poet.cli.doctor import report

    return report(as_json=given.json, state=given.state)


VERBS: dict[str, Callable[[list[str]], int]] = {
    "check": check, "fmt": fmt, "transpile": transpile, "repl": repl, "test": test, "explain": explain,
    "doctor": doctor,
}  # fmt: skip
