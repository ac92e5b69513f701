# technique: BENIGN - difflib close matches and ratio
# expected: accepted
# expect: [['apple', 'ape'], 0.75, ['-b', '+c']]
import difflib
result = [difflib.get_close_matches("appel", ["ape", "apple", "peach"]), round(difflib.SequenceMatcher(None, "abcd", "bcde").ratio(), 3), list(difflib.unified_diff(["a", "b"], ["a", "c"], lineterm=""))[-2:]]
