# technique: BENIGN - ordinary program: struct records
# expected: accepted
# expect: [[(1, 'ann', 1.5, True), (2, 'bartholo', -2.25, False)], 17, b'\x00\x00\x00\x01\xff\xff\x00\x00', (65535,), 'unpack requires a buffer of 4 bytes', [0, 1, 255, 255], '3ff0000000000000']
import struct
REC = struct.Struct("<I8sfB")
def pack(i, name, score, flag): return REC.pack(i, name.encode()[:8], score, flag)
blob = b"".join(pack(i, n, s, f) for i, n, s, f in [(1, "ann", 1.5, 1), (2, "bartholomew", -2.25, 0)])
rows = [(i, n.rstrip(b"\0").decode(), s, bool(f)) for i, n, s, f in REC.iter_unpack(blob)]
buf = bytearray(8)
struct.pack_into(">HH", buf, 2, 1, 65535)
try:
    struct.unpack("<I", b"abc")
except struct.error as e:
    err = str(e)
view = memoryview(buf)[2:6]
result = [rows, REC.size, bytes(buf), struct.unpack_from(">H", buf, 4), err, view.tolist(), struct.pack("!d", 1.0).hex()]
