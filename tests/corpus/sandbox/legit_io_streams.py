# technique: BENIGN - StringIO and BytesIO as files
# expected: accepted
# expect: ['a,b\nline2\n', b'\x02', 2, ['x', 'y'], 'q']
import io
out = io.StringIO()
print("a", "b", sep=",", file=out)
out.write("line2\n")
raw = io.BytesIO(b"\x01\x02\x03")
raw.seek(1)
result = [out.getvalue(), raw.read(1), raw.tell(), [line.strip() for line in io.StringIO("x\ny\n")], io.StringIO("q").readline()]
