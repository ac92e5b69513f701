"""Arguments, exit codes and error printing. The verbs are in `verbs`; `--version` and `--help` load none of them.

Exit codes: 0 fine, 1 the program failed or a check found an error, 2 wrong usage or unreadable file, 3 refused by policy.
"""

from __future__ import annotations

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

help
  explain CODE                  what an error code means, with a wrong and a right example
  doctor                        versions, model configuration, isolation, state folder
  --version, --help             also: dana-poet VERB --help
"""
VERBS = ("run", "check", "fmt", "transpile", "repl", "test", "explain", "doctor")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit code. `arguments` default to those of the process."""
    words = sys.argv[1:] if arguments is None else arguments
    if words in (["--version"], ["-V"]):
        print(f"dana-poet {__version__}")
        return 0
    if not words or words[0] in {"--help", "-h", "help"}:
        print(HELP, end="")
        return 0 if words else 2
    verb = words[0]
    if verb.endswith(".na") and verb not in VERBS:
        words = ["run", *words]
        verb = "run"
    if verb not in VERBS:
        return _unknown_verb(verb)
    return _guarded(verb, words[1:])


def _unknown_verb(verb: str) -> int:
    import difflib

    near = difflib.get_close_matches(verb, VERBS, 1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    print(f"dana-poet: there is no verb '{verb}'{hint} (dana-poet --help lists them)", file=sys.stderr)
    return 2


def _guarded(verb: str, words: list[str]) -> int:
    """Run one verb; errors that are nobody's bug become one clear line."""
    from dana_poet.errors import PolicyError, SettingsError, UsageError

    try:
        if verb == "run":
            from dana_poet.cli.run import run

            return run(words)
        from dana_poet.cli import verbs

        code: int = verbs.VERBS[verb](words)
        return code
    except (UsageError, SettingsError) as error:
        hint = f" ({error.hint})" if error.hint else ""
        print(f"dana-poet {verb}: {error.message}{hint}", file=sys.stderr)
        return 2
    except PolicyError as error:
        hint = f" ({error.hint})" if error.hint else ""
        print(f"dana-poet {verb}: {error.message}{hint}", file=sys.stderr)
        return 3
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        print("dana-poet: interrupted", file=sys.stderr)
        return 130
