# technique: sys.stdin through print's default
# expected: rejected
import sys
result = sys.stdin.read()
