# technique: BENIGN - ordinary string methods
# expected: accepted
# expect: ['hello, world', ['  Hello', ' World  '], ['a-b', 'c'], ('a', 'b', 'c'), '1x2x3', '**abc**', 'tITLE CASE', 'a   b', '00012', 4, True, ['l1', 'l2', 'l3'], True, True, ['a', 'b', '', 'c'], 'x', 'cba', 'abcabc', True, 'None', 'a  |', 97, 'b']
s = "  Hello, World  "
result = [s.strip().lower(), s.split(","), "a-b-c".rsplit("-", 1), "abc".partition("b"), "x".join("123"), "abc".center(7, "*"), "Title case".swapcase(), "a\tb".expandtabs(4), "12".zfill(5), "abcabc".rfind("b"),
          "abc".startswith(("x", "a")), "l1\nl2\r\nl3".splitlines(), "éa".isalpha(), "١٢".isdigit(), "a,b,,c".split(","), "prefix_x".removeprefix("prefix_"), "abc"[::-1], "abc" * 2, "b" in "abc", "%s" % None, "a".ljust(3) + "|", ord("a"), chr(98)]
