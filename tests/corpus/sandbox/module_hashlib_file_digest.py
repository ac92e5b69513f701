# technique: hashlib.file_digest
# expected: rejected
import hashlib
result = hashlib.file_digest(CANARY, "md5")
