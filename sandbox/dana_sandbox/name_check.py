"""Names that a host may put into a program."""

from keyword import iskeyword


def check_name(name: object) -> str:
    """Return why `name` cannot be a name of a program; empty when it can.

    >>> check_name("rows"), check_name("class")
    ('', 'is a keyword')
    """
    if type(name) is not str:
        return f"must be a str, got {type(name).__name__}"
    if not name.isidentifier():
        return "is not an identifier"
    if iskeyword(name):
        return "is a keyword"
    if name.startswith("_") and name.endswith("_") and len(name) > 1:
        return "belongs to Python or to the sandbox"
    return "" if name.isascii() or _is_normal(name) else "must be written in its normal form (NFKC)"


def _is_normal(name: str) -> bool:
    import unicodedata

    return unicodedata.is_normalized("NFKC", name)
