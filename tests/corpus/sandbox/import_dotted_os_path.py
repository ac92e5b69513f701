# technique: import os.path as p
# expected: rejected
import os.path as p
result = p.exists(CANARY)
