"""What can be said about a Dana program without running it. Start at `check`; `codes` explains every diagnostic."""

from dana_grammar.check.codes import CODES, CodeHelp
from dana_grammar.check.door import check
from dana_grammar.check.known_names import BUILTIN_NAMES

__all__ = ["BUILTIN_NAMES", "CODES", "CodeHelp", "check"]
