# technique: terminal control sequences in the output are data
# expected: harmless
print("\x1b]0;owned\x07\x1b[2J\r\x00\x08 text \u202e reversed")
result = "ran"
