# technique: hashlib.scrypt with a giant n
# expected: contained: memory
import hashlib
result = hashlib.scrypt(b"a", salt=b"b", n=2 ** 24, r=64, p=1, maxmem=2 ** 31 - 1)
