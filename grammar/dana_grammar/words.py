"""What the terminals of the grammar are called in messages, and what people write who come from other languages."""

from __future__ import annotations

from dana_grammar._tables import SIGNS, WORDS

KIND_NAMES: dict[str, str] = {
    **{kind: f"'{text}'" for text, kind in {**SIGNS, **WORDS}.items()},
    "NAME": "a name", "NUMBER": "a number", "STRING": "a string", "FSTRING": "a string", "CONSTANT": "a value",
    "SCOPED": "a name", "OPERATOR": "an operator", "PREFIX": "'not'", "AUGMENTED": "an assignment",
    "NEWLINE": "the end of the line", "$END": "the end of the text", "INDENT": "an indented block",
    "DEDENT": "the end of the block", "LAMBDA": "'lambda'", "PYTHON_LAMBDA": "'lambda'", "PLACEHOLDER": "'$$'",
    "CAPTURE": "'as'", "AS": "'as'", "WITH_OPEN": "'('", "WITH_CLOSE": "')'", "MATCH": "'match'", "CASE": "'case'",
    "AGENT": "'agent'", "STRUCT": "'struct'", "INTERFACE": "'interface'", "PIPELINE": "'pipeline'",
    "MODULE": "'module'", "STATE": "'state'", "INPUT": "'input'", "OUTPUT": "'output'", "SYNC": "'sync'",
    "ON_FEEDBACK": "'on_feedback_received'", "DELIVER": "'deliver'", "EXPORT": "'export'", "IMPLEMENTS": "'implements'",
}  # fmt: skip
OPERANDS = frozenset(
    {"NAME", "NUMBER", "STRING", "FSTRING", "CONSTANT", "SCOPED", "PLACEHOLDER", "ELLIPSIS", "LPAR", "LSQB", "LBRACE",
     "LAMBDA", "PYTHON_LAMBDA", "PREFIX", "MINUS", "PLUS"}
)  # fmt: skip
"""What a value can start with: in a list of what is expected, all of these are 'a value'."""
SIGNS_BETWEEN = frozenset(
    {"OPERATOR", "MINUS", "PLUS", "STAR", "POWER", "SLASH", "AT", "VBAR", "IN", "CAPTURE", "DOT", "IF", "LPAR", "LSQB"}
)
"""What can go on after a value: in a list of what is expected, they would only be noise."""
BLOCK_WORDS = {
    "IF": "if", "ELIF": "elif", "ELSE": "else", "WHILE": "while", "FOR": "for", "TRY": "try", "EXCEPT": "except",
    "FINALLY": "finally", "WITH": "with", "DEF": "def", "SYNC": "sync def", "STRUCT": "struct", "AGENT": "agent",
    "INTERFACE": "interface", "PIPELINE": "pipeline", "MODULE": "module", "MATCH": "match", "CASE": "case",
    "STATE": "state", "ON_FEEDBACK": "on_feedback_received",
}  # fmt: skip
CONTINUES = {"ELSE": "if", "ELIF": "if", "EXCEPT": "try", "FINALLY": "try", "CASE": "match"}
STATEMENT_WORDS = (
    "if", "elif", "else", "while", "for", "def", "return", "import", "from", "with", "try", "except", "finally", "raise",
    "assert", "pass", "break", "continue", "del", "struct", "agent", "resource", "workflow", "interface", "pipeline",
    "module", "match", "case", "deliver", "export", "agent_blueprint", "lambda", "state",
)  # fmt: skip
FOREIGN_FUNCTIONS = frozenset({"function", "func", "fn", "fun", "proc", "sub", "method", "procedure"})
FOREIGN_ELIF = frozenset({"elseif", "elsif", "elif", "elseIf", "elsIf"})
FOREIGN_VARIABLES = frozenset({"let", "var", "const", "val", "auto", "mut"})
FOREIGN_WORDS = {
    "foreach": "for", "catch": "except", "throw": "raise", "unless": "if not", "until": "while not", "include": "import",
    "using": "import", "require": "import", "enum": "struct", "type": "struct", "record": "struct", "object": "struct",
    "namespace": "module", "loop": "while true", "ensure": "finally", "rescue": "except",
}  # fmt: skip
RESERVED_HINTS = {
    "class": "write 'struct Name:' for data with methods, or 'agent_blueprint Name:' for an agent",
    "global": "names of the module can be read without it; to write one from a function, use 'private:name'",
    "nonlocal": "to change a value from an inner function, keep it in a dict or in 'private:name'",
    "async": "calls wait on their own: write 'def'",
    "await": "values wait on their own: leave the word out",
    "yield": "collect the values in a list and return it",
}
