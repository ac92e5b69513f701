# technique: io.open
# expected: rejected
import io
result = io.open(CANARY).read()
