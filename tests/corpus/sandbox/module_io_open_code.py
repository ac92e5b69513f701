# technique: io.open_code
# expected: rejected
import io
result = io.open_code(CANARY).read()
