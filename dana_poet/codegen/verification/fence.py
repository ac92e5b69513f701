"""Take the one piece of code out of a model's answer, or say why there is none."""

from __future__ import annotations

import ast
import re

from dana_poet.codegen.verification.refusal import Refused

MOST_BYTES = 65_536
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n`]*\n(.*?)^[ \t]*\1[ \t]*$", re.MULTILINE | re.DOTALL)
_OPENING = re.compile(r"^[ \t]*(?:`{3,}|~{3,})", re.MULTILINE)
_PYTHON = frozenset({"", "python", "py", "python3", "py3"})
_REFUSAL = re.compile(
    r"\b(i('m| am) sorry|i (can('|no)t|won't|am unable|will not)|as an ai|unable to (help|assist)|cannot (help|assist|comply))",
    re.IGNORECASE,
)


def code_of(answer: object) -> str:
    """Return the code in an answer: its only fence, or the whole text when that is code. Refused otherwise.

    >>> code_of("Here it is:\\n```python\\nx = 1\\n```\\nDone.")
    'x = 1\\n'
    """
    if not isinstance(answer, str):
        raise Refused(f"the candidate is {type(answer).__name__}, not text")
    if len(answer) > 4 * MOST_BYTES:
        raise Refused(f"the answer has {len(answer)} characters; the limit is {4 * MOST_BYTES}")
    if not answer.strip():
        raise Refused("the answer is empty")
    code = _fenced(answer) if _OPENING.search(answer) and not _parses(answer) else _bare(answer)
    if not code.strip():
        raise Refused("the code in the answer is empty")
    return code


def _fenced(answer: str) -> str:
    fences = [(match[2].lower(), match[3]) for match in _FENCE.finditer(answer.replace("\r\n", "\n"))]
    if not fences:
        raise Refused("a fence of code is opened and never closed: the answer was cut off")
    if len(fences) > 1:
        raise Refused(f"the answer has {len(fences)} fences of code; exactly one is wanted")
    language, code = fences[0]
    if language not in _PYTHON:
        raise Refused(f"the code is marked as {language}, not Python")
    return code


def _bare(answer: str) -> str:
    if _parses(answer) or re.search(r"^\s*(async\s+)?def\s", answer, re.MULTILINE):
        return answer
    if _REFUSAL.search(answer):
        raise Refused("the model refused: " + " ".join(answer.split())[:200])
    raise Refused("the answer holds no code")


def _parses(text: str) -> bool:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) for node in tree.body)
