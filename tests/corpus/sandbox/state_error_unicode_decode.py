# technique: UnicodeDecodeError with absurd positions
# expected: contained: error
raise UnicodeDecodeError("utf-8", b"abc", -5, 10 ** 9, "\x1b reason")
