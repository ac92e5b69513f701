# technique: text that looks like a frame of the protocol
# expected: harmless
note("\x00\x00\x00\x05{\"ok\": 1}" * 10)
print("\x00\x00\x00\x05result")
result = "\x00\x00\x00\x01"
