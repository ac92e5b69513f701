"""Parse and check a program of about 2,000 lines: `python tests/benchmarks/bench_parse.py`.

The text is ordinary code of the kind a standard library holds: classes of values, loops, calls, strings, comments. The
peer is stock Lark (LALR, contextual lexer, positions) on its own Python grammar over the same program in Python, and
Python's own parser, written in C.
"""

from __future__ import annotations

import ast

from dana_grammar.parse import parse
from dana_poet.runtime.session import check
from tests.benchmarks.measure import row, seconds

PIECE = '''
struct Option{n}:
    """One option of a command: how it is written and what becomes of it."""
    name: str
    dest: str = ""
    default: any = none
    required: bool = false
    choices: list = []
    help: str = ""

    def label(self) -> str:
        # the shortest form first, as people type it
        if self.choices:
            shown = ", ".join([str(choice) for choice in self.choices])
            return f"{{self.name}} {{{{{{shown}}}}}}"
        return self.name

    def matches(self, word: str) -> bool:
        return word == self.name or word.startswith(self.name + "=")


def parse_words{n}(options: list, words: list) -> dict:
    """Return the values that the words give to the options."""
    found = {{}}
    rest = []
    index = 0
    while index < len(words):
        word = words[index]
        taken = false
        for option in options:
            if not option.matches(word):
                continue
            taken = true
            if "=" in word:
                found[option.dest] = word.split("=", 1)[1]
            elif index + 1 < len(words) and not words[index + 1].startswith("-"):
                found[option.dest] = words[index + 1]
                index += 1
            else:
                found[option.dest] = true
            break
        if not taken:
            rest.append(word)
        index += 1
    for option in options:
        if option.dest not in found:
            if option.required:
                raise ValueError("the option " + option.name + " is required")
            found[option.dest] = option.default
    found["rest"] = rest
    return found


def format_help{n}(program: str, options: list, width: int = 72) -> str:
    lines = ["usage: " + program + " [options]", ""]
    longest = max([len(option.label()) for option in options] + [4])
    for option in options:
        left = "  " + option.label().ljust(longest + 2)
        text = option.help if option.help else "(no help)"
        while len(left) + len(text) > width and " " in text:
            cut = text.rfind(" ", 0, width - len(left))
            if cut <= 0:
                break
            lines.append(left + text[:cut])
            left = " " * (longest + 4)
            text = text[cut + 1:]
        lines.append(left + text)
    total = sum([len(line) for line in lines])
    average = total / len(lines) if len(lines) > 0 else 0.0
    summary = {{"lines": len(lines), "average": average, "widest": max([len(line) for line in lines])}}
    return "\\n".join(lines) + "\\n" + str(summary["lines"] * 2 - 1)
'''


def program(lines: int = 2000) -> str:
    """Return a Dana program of at least `lines` lines."""
    pieces: list[str] = []
    count = 0
    while count < lines:
        piece = PIECE.format(n=len(pieces))
        pieces.append(piece)
        count += piece.count("\n")
    return "".join(pieces)


def as_python(text: str) -> str:
    """Return the same program as Python: structs become classes, Dana's literals Python's."""
    words = {"struct ": "class ", "none": "None", "false": "False", "true": "True"}
    for dana, python in words.items():
        text = text.replace(dana, python)
    return text


def main() -> None:
    """Measure and print the table."""
    text = program()
    lines = text.count("\n")
    python = as_python(text)
    row(f"{lines} lines, {len(text)} characters", "CPU ms", "lines/s", "target")
    ours = seconds(lambda: parse(text))
    row("dana_grammar, text to typed tree", f"{ours * 1e3:.0f}", f"{lines / ours:,.0f}", ">= 15,000")
    checked = seconds(lambda: check(text), 5)
    row("check (parse, rules, compile)", f"{checked * 1e3:.0f}", f"{lines / checked:,.0f}", "<= 250 ms")
    native = seconds(lambda: ast.parse(python))
    row("Python's own parser, in C", f"{native * 1e3:.0f}", f"{lines / native:,.0f}", "")
    stock = lark_seconds(python)
    if stock is not None:
        row("stock Lark with positions, Python", f"{stock * 1e3:.0f}", f"{lines / stock:,.0f}", "")


def lark_seconds(python: str) -> float | None:
    """Return the CPU time of stock Lark on its own Python grammar, None where Lark is not installed."""
    try:
        from lark import Lark
        from lark.indenter import PythonIndenter
    except ImportError:
        return None
    parser = Lark.open_from_package(
        "lark", "python.lark", ["grammars"], parser="lalr", postlex=PythonIndenter(), start="file_input",
        propagate_positions=True, maybe_placeholders=False,
    )  # fmt: skip
    return seconds(lambda: parser.parse(python), 5)


if __name__ == "__main__":
    main()
