# technique: BENIGN - ordinary program: script main
# expected: accepted
# expect: 3
"""Counts words.

Usage: pass text.
"""
import json
import math
import random
import re
import string
import sys
import time
from collections import Counter
from typing import Dict, List, Optional, Tuple

MAX_WORDS = 3
DEFAULT_TEXT: str = "the cat and the dog and the bird"


def count_words(text: str, top: Optional[int] = None) -> List[Tuple[str, int]]:
    """Count words.

    Args:
        text: the text
        top: how many

    Returns:
        pairs

    >>> count_words("a a b")
    [('a', 2), ('b', 1)]
    """
    table = str.maketrans("", "", string.punctuation)
    words = text.lower().translate(table).split()
    return Counter(words).most_common(top)


def main() -> int:
    started = time.perf_counter()
    pairs = count_words(DEFAULT_TEXT, MAX_WORDS)
    for word, n in pairs:
        print(f"{word:<10}{n:>3}")
    print("=" * 13)
    elapsed = time.perf_counter() - started
    assert elapsed >= 0
    return len(pairs)


if __name__ == "__main__":
    result = main()
