# technique: StringIO and BytesIO grow; truncate to a huge size
# expected: contained: memory
import io
b = io.BytesIO()
b.seek(10 ** 12)
b.write(b"x")
result = len(b.getvalue())
