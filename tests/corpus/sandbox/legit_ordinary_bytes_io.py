# technique: BENIGN - ordinary program: bytes io
# expected: accepted
# expect: [b'bc', b'abc', 'l1\n', ['l2\n'], ['x', 'y']]
import io
b = io.BytesIO()
b.write(b"abc"); b.seek(1)
s = io.StringIO("l1\nl2\n")
result = [b.read(), b.getvalue(), s.readline(), list(s), [l.rstrip() for l in io.StringIO("x\ny")]]
