# technique: memoryview.obj is the exporter
# expected: rejected
m = memoryview(b"abc")
result = str(m.obj)
