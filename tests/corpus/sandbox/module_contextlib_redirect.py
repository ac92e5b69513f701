# technique: contextlib.redirect_stdout sets sys.stdout
# expected: rejected
import contextlib
import io
with contextlib.redirect_stdout(io.StringIO()) as s:
    print("x")
result = "ran"
