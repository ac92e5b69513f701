# technique: BENIGN - ordinary program: memoryview slices
# expected: accepted
# expect: [b'HELLO', 11, [72, 69], 'HELLO world']
data = bytearray(b"hello world")
view = memoryview(data)
view[0:5] = b"HELLO"
result = [bytes(view[:5]), len(view), view.tolist()[:2], data.decode()]
