# technique: codec names chosen by the data must give LookupError or bytes
# expected: harmless
out = []
for name in ("utf-8", "latin-1", "utf-16", "idna", "cp1252", "no-such", "os", "test.evil"):
    try:
        out.append(len("abc".encode(name)))
    except (LookupError, UnicodeError, ImportError) as e:
        out.append(type(e).__name__)
result = len(out)
