"""What Dana text means as a truth value: `"no"` is false, `"yes"` is true (LANGUAGE, section 3)."""

from __future__ import annotations

FALSE_WORDS = frozenset({
    "false", "no", "n", "off", "disabled", "inactive", "nah", "nope", "never", "definitely not", "no way",
    "not really", "hardly", "0", "0.0", "zero", "none", "null", "empty", "blank", "",
})  # fmt: skip
TRUE_WORDS = frozenset({
    "true", "yes", "y", "on", "enabled", "active", "yeah", "yep", "sure", "absolutely", "of course", "certainly",
    "indeed", "1", "positive", "good", "ok", "okay", "fine", "correct", "right",
})  # fmt: skip


def truth(value: object) -> bool:
    """Return whether `value` counts as true in `if`, `while`, `and`, `or` and `not`.

    >>> truth("no"), truth(" Nope "), truth("maybe"), truth([])
    (False, False, True, False)
    """
    if isinstance(value, str):
        return value.strip().lower() not in FALSE_WORDS
    return bool(value)


def word_truth(text: str) -> bool | None:
    """Return what a yes/no word says, None for any other text.

    >>> word_truth("Of course"), word_truth("off"), word_truth("maybe")
    (True, False, None)
    """
    word = text.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    return None


def answer_truth(text: str) -> bool | None:
    """Return what a sentence says that begins with a yes/no word, None when it begins with neither.

    >>> answer_truth("Yes, because the mean moved."), answer_truth("It depends")
    (True, None)
    """
    whole = word_truth(text)
    if whole is not None:
        return whole
    words = text.strip().lower().replace("\n", " ").split(" ")
    for count in (2, 1):
        said = word_truth(" ".join(words[:count]).strip(" ,.;:!-*`'\""))
        if said is not None and any(words[:count]):
            return said
    return None
