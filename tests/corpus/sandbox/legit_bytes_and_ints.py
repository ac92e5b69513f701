# technique: BENIGN - int.to_bytes/from_bytes, bit operations, bytearray work
# expected: accepted
# expect: [b'\x00\x01\xff\xff', [3, 4], b'Abc\x00\xff', '41626300ff', b'\x00\xff', 3, '0b1010', '0o10', '0xff', 10, -6, 1024, -4, 2, (3, 2), 2, [b'a', b'b'], 121]
def pack(*nums):
    return b"".join(n.to_bytes(2, "big") for n in nums)
def unpack(b):
    return [int.from_bytes(b[i:i + 2], "big") for i in range(0, len(b), 2)]
buf = bytearray(b"abc")
buf[0] = 65
buf.extend(b"\x00\xff")
result = [pack(1, 65535), unpack(pack(3, 4)), bytes(buf), buf.hex(), bytes.fromhex("00ff"), (5).bit_length(), bin(10), oct(8), hex(255), 0b101 ^ 0x0f, ~5, 1 << 10, -7 // 2, -7 % 3, divmod(17, 5), (10).bit_count(), b"a,b".split(b","), memoryview(b"xyz")[1]]
