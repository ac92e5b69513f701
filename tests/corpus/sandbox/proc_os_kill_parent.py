# technique: os.kill(os.getppid(), 9)
# expected: rejected
import os
os.kill(os.getppid(), 9)
result = "ran"
