# technique: "".encode with an unknown codec imports encodings.<name>
# expected: rejected
out = []
for name in ("idna", "punycode", "os", "..os", "mbcs", "\x00", "zlib_codec", "hex", "rot13"):
    try:
        out.append(len("abc".encode(name)))
    except (LookupError, UnicodeError, ValueError, TypeError, ImportError) as e:
        out.append(type(e).__name__)
import codecs
result = out
