# technique: io.open on a descriptor number
# expected: rejected
import io
out = []
for fd in range(3, 20):
    out.append(io.open(fd, "wb", closefd=False))
result = "ESCAPED"
