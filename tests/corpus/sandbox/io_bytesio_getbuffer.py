# technique: BytesIO.getbuffer gives a memoryview of our own bytes
# expected: harmless
import io
b = io.BytesIO(b"abc")
result = bytes(b.getbuffer())
