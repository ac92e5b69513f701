# technique: tempfile
# expected: rejected
import tempfile
result = tempfile.mkdtemp()
