"""Arguments, exit codes and error printing. The verbs are in `verbs`; `--version` and `--help` load none of them.

Exit codes: 0 fine, 1 the program failed or a check found an error, 2 wrong usage or unreadable file, 3 refused by policy.
A program that is interrupted with Ctrl-C ends with 130, one whose output nobody reads any more with 141, as shells do.
"""

from __future__ import annotations

import os
import sys

from dana_poet.version import __version__

HELP = """\
usage: dana-poet VERB [OPTIONS] ...

run a program or look at it
  run FILE.na [key=value ...]   run a program; key=value go to its __main__
  check FILE...                 find mistakes without running
  fmt FILE...                   format in place (--check, --diff, - for standard input)
  transpile FILE                print the Python that will run
  repl                          interactive session
  test [PATH]                   run test_*.na files and their test_ functions

see what functions learned
  learn status                  what is served, from where, how sure (also: explain, run, rollback)

choose what runs
  versions [FUNCTION]           stored versions, what runs, why (--evidence, --audit)
  diff FUNCTION A B             what changed from one version to another; 0 is the original
  rollback FUNCTION [N]         go back to a version, or to the original
  pin FUNCTION N, unpin FUNCTION   let one version run whatever happens, or no longer

say what became of an execution
  feedback ID key=value ...     joined to the version that ran (--amend, --retract)

look at what happened
  events list                   recorded events (also: show, tail, stats, replay, prune)

help
  explain CODE                  what an error code means, with a wrong and a right example
  doctor                        versions, model configuration, isolation, state folder
  --version, --help             also: dana-poet VERB --help
"""
OF_VERSIONS = ("versions", "diff", "rollback", "pin", "unpin")
"""Verbs of the module `versions`."""
VERBS = (
    "run", "check", "fmt", "transpile", "repl", "test", "learn", *OF_VERSIONS, "feedback", "events", "explain", "doctor",
)  # fmt: skip
OWN_MODULES = ("run", "learn", "feedback", "events")
"""Verbs that are functions of modules of the same name, which only they load."""
INTERRUPTED = 130
NOBODY_READS = 141


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit code. `arguments` default to those of the process."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        code = _main(words)
        sys.stdout.flush()
    except BrokenPipeError:
        _write_no_more()
        return NOBODY_READS
    return code


def _main(words: list[str]) -> int:
    if words in (["--version"], ["-V"]):
        print(f"dana-poet {__version__}")
        return 0
    if not words:
        print(HELP, end="", file=sys.stderr)
        return 2
    if words[0] in {"--help", "-h", "help"}:
        if words[1:2] and words[1] in VERBS:
            return _guarded(words[1], ["--help"])
        print(HELP, end="")
        return 0
    verb = words[0]
    if verb not in VERBS and verb.endswith(".na"):
        return _guarded("run", words)
    return _guarded(verb, words[1:]) if verb in VERBS else _unknown_verb(verb)


def _unknown_verb(verb: str) -> int:
    import difflib

    what, known = ("option", ("--version", "--help")) if verb.startswith("-") else ("verb", VERBS)
    near = difflib.get_close_matches(verb, known, 1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    print(f"dana-poet: there is no {what} '{verb}'{hint} (dana-poet --help lists them)", file=sys.stderr)
    return 2


def _guarded(verb: str, words: list[str]) -> int:
    """Run one verb; errors that are nobody's bug become one clear line."""
    from dana_poet.errors import DanaError

    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that lacks a character is no reason to fail
    try:
        return _verb(verb, words)
    except DanaError as error:
        return _refused(verb, error)
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"dana-poet {verb}: {where}{error.strerror or error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"dana-poet {verb}: interrupted", file=sys.stderr)
        return INTERRUPTED


def _verb(verb: str, words: list[str]) -> int:
    if verb in OWN_MODULES or verb in OF_VERSIONS:
        from importlib import import_module

        module = "versions" if verb in OF_VERSIONS else verb
        code: int = getattr(import_module(f"dana_poet.cli.{module}"), verb)(words)
        return code
    from dana_poet.cli import verbs

    return verbs.VERBS[verb](words)


def _refused(verb: str, error: Exception) -> int:
    from dana_poet.errors import DanaError, PolicyError

    assert isinstance(error, DanaError)
    hint = f" ({error.hint})" if error.hint else ""
    print(f"dana-poet {verb}: {error.message}{hint}", file=sys.stderr)
    return 3 if isinstance(error, PolicyError) else 2


def _write_no_more() -> None:
    """Send what is still to be written nowhere, so that Python does not complain about it when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
