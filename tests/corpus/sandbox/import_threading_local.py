# technique: threading
# expected: rejected
import threading
result = threading.active_count()
