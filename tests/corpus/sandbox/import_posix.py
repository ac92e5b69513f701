# technique: posix and nt
# expected: rejected
import posix
result = str(posix.environ)
