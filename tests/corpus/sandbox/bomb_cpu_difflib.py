# technique: difflib ratio on repetitive text
# expected: contained: timeout
import difflib
result = difflib.SequenceMatcher(None, "ab" * 30000, "ba" * 30000, autojunk=False).ratio()
