# technique: sys.exit and sys.excepthook
# expected: rejected
import sys
sys.exit(0)
