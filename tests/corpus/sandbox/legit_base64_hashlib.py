# technique: BENIGN - base64 and hashlib digests
# expected: accepted
# expect: ['aMOpbGxv', 'héllo', '9dd4e461268c8034f5c8564e155c67a6', 'fb8e20fc2e4c3f24', b'__4=', b'5\xb5', True, '9bfc8c8d']
import base64
import hashlib
raw = "héllo".encode()
enc = base64.b64encode(raw).decode()
h = hashlib.sha256()
h.update(b"a")
h.update(b"b")
result = [enc, base64.b64decode(enc).decode(), hashlib.md5(b"x").hexdigest(), h.hexdigest()[:16], base64.urlsafe_b64encode(b"\xff\xfe"), hashlib.sha1(raw).digest()[:2],
          hashlib.new("sha256", b"ab").hexdigest() == h.hexdigest(), hashlib.blake2b(b"q", digest_size=4).hexdigest()]
