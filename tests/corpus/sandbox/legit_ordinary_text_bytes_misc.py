# technique: BENIGN - ordinary program: text bytes misc
# expected: accepted
# expect: ['naive cafe  quotes Unicode   fi', 5, 'naïve', 'SS', 'i̇', ['0x61', '0x20ac'], b'\x00xyz\x03\x04', b'bcd', [97, 99, 101], 'a   b', '**x**', 'ab   |003.1|+5|ff', '   a', {97: 120, 98: 121}, 'Bc', ['a', 'b', 'c'], b'Stra\xc3\x9fe', 'ÿ', b'\\xe9', 'axb', 'cba', ['a,b,', 'c'], 'hELLO', ('x', '=', '1'), 'abcd', "  'nested'", '3.14 1,000,000 0x002a 50%', "s='naï"]
s = "naïve café – “quotes” 𝔘nicode 👩🏽‍💻 🇩🇪 ﬁ"
import unicodedata
flat = unicodedata.normalize("NFKD", s).encode("ascii", "ignore").decode()
b = bytearray(range(5))
b[1:3] = b"xyz"
mv = memoryview(b"abcdef")
result = [flat, len("👨‍👩‍👧"), s.casefold()[:5], "ß".upper(), "İ".lower(), [hex(ord(c)) for c in "a€"], b, mv[1:4].tobytes(), mv[::2].tolist(), "a\tb".expandtabs(4), "x".center(5, "*"), "%-5s|%05.1f|%+d|%x" % ("ab", 3.14159, 5, 255), "{:>{w}}|{!r:^7}|{0[1]}".format("a", "b", w=4) if False else "{:>{w}}".format("a", w=4), str.maketrans("ab", "xy"), "abc".translate({97: None, 98: "B"}), "a-b_c".replace("-", "_").split("_"), "Straße".encode("utf-8"), b"\xff".decode("latin-1"), "é".encode("unicode_escape"), "  x ".strip().join("ab"), "abc"[::-1], "a,b,,c".rsplit(",", 1), "Hello".swapcase(), "x=1".partition("="), "ab" "cd", f"{'nested'!r:>10}", f"{3.14159:.2f} {1e6:,.0f} {42:#06x} {0.5:.0%}", f"{s=}"[:6]]
result[6] = bytes(result[6])
