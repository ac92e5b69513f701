# technique: BENIGN - ordinary program: hashing base64 chain
# expected: accepted
# expect: [{'ok': True, 'user': 1}, True, True, 1895392436, '01ff', '92754949-b487-5f86-b352-eaf535970966', '6f5a79b6', 'XlV', True]
import base64, binascii, hashlib, hmac, json, zlib, uuid
payload = json.dumps({"user": 1, "ok": True}, sort_keys=True).encode()
key = hashlib.sha256(b"secret").digest()
sig = hmac.new(key, payload, "sha256").hexdigest()
token = base64.urlsafe_b64encode(payload).rstrip(b"=").decode() + "." + sig[:16]
head, _, tail = token.partition(".")
decoded = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
class Block:
    def __init__(self, data, prev="0" * 64):
        self.data, self.prev = data, prev
    @property
    def hash(self): return hashlib.sha256(f"{self.prev}{self.data}".encode()).hexdigest()
chain = [Block("genesis")]
for x in ("a", "b"):
    chain.append(Block(x, chain[-1].hash))
valid = all(b.prev == a.hash for a, b in zip(chain, chain[1:]))
result = [decoded, hmac.compare_digest(sig[:16], tail), valid, zlib.crc32(payload), binascii.hexlify(b"\x01\xff").decode(), str(uuid.uuid5(uuid.NAMESPACE_URL, "https://a.b")), hashlib.md5(payload).hexdigest()[:8], base64.b85encode(b"hi").decode(), zlib.decompress(zlib.compress(payload)) == payload]
