# technique: TextIOWrapper over an own raw object
# expected: harmless
import io
result = io.BytesIO(b"a\nb").readlines()
