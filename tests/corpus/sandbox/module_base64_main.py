# technique: base64.main, base64.binascii
# expected: rejected
import base64
result = str(base64.binascii)
