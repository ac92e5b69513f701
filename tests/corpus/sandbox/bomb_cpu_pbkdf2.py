# technique: hashlib.pbkdf2_hmac with 10**9 rounds
# expected: contained: timeout
import hashlib
result = hashlib.pbkdf2_hmac("sha256", b"a", b"b", 10 ** 9)
