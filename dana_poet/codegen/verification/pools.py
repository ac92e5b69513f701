"""Tables of values that break functions: bounds, odd floats, texts of every kind, usual keys and lengths."""

INTS = (0, 1, -1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 20, 24, 30, 31, 32, 42, 49, 50, 60, 64, 97, 99, 100,
         101, 127, 128, 144, 255, 256, 365, 400, 500, 997, 999, 1000, 1001, 1024, 1900, 2000, -2, -3, -5, -7, -10, -100)  # fmt: skip
BIG = (10_000, 65_535, 99_999, 10**6, 2**31 - 1, 2**31, 2**53 + 1, 2**63, 10**20, -(2**31), -(10**9))
FLOATS = (0.0, -0.0, 0.5, 1.0, -1.0, 1.5, 2.0, 2.5, 3.5, -2.5, 0.1, 0.2, 0.3, 1 / 3, 2.675, 1.005, 10.0, 99.99, 100.0, 1e-9,
           1e-5, 123456.789, 1e10, 1e16, 1e300, -1e-7, 3.14159, 37.0, 0.005, 7.25, 5e-324)  # fmt: skip
ODD_FLOATS = (float("nan"), float("inf"), float("-inf"))
TEXTS = ("", "a", "A", "b", "z", " ", "ab", "ba", "aa", "abc", "Abc", "ABC", "aab", "abcabc", "hello", "Hello, World!", "hello world",
          "  padded  ", "two  spaces", "a b c", "The quick brown fox", "racecar", "A man, a plan", "x1y2", "0", "1", "12", "-3", "+7", "007",
          "1.5", "-0.5", "1e5", "1,000", "a,b,c", "a;b", "k=v", "a=1&b=2", "\n", "line\nnext\n", "\ttab", "tab\tin", "ß", "Straße", "İ", "ﬁ",
          "é", "e\u0301", "日本", "ñandú", "🙂", "a🙂b", "\u200b", "\x00", "\ud800", "\xa0", "()", "(]", "{[()]}", '"quoted"', "it's",
          "foo_bar", "foo-bar", "fooBar", "FooBar", "user@example.com", "http://example.com/a?b=c", "2024-02-29", "12:30", "nan", "None",
          "True", "null", "MCMXCIV", "IV", "aaaaaaaaaaaa", "[1, 2]", '{"a": 1}', "../x", "a.b.c", "1.2.3", "#fff", "50%", "$5", "e", "XyZ", "zzz", "79927398713", "4539578763621486", "18", "0000", "12345", "a1b2c3", "٣٤", "²")  # fmt: skip
STEPS = (0.5, 0.25, 0.05, 0.005, 0.125)
KEYS = ("a", "b", "id", "name", "value", "x", "", "count", "type")
LENGTHS = (0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 11)
