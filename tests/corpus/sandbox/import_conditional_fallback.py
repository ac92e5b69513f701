# technique: try/except ImportError around a forbidden import
# expected: rejected
try:
    import os
except ImportError:
    os = None
result = "ran"
