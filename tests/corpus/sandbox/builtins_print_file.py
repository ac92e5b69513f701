# technique: print(file=own object) writes to that object
# expected: harmless
class W:
    def __init__(self):
        self.parts = []
    def write(self, text):
        self.parts.append(text)
w = W()
print("a", 1, file=w, sep="-")
result = "".join(w.parts)
