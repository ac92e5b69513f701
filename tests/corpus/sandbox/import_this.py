# technique: import this prints
# expected: rejected
import this
result = "ran"
