# technique: an own subclass of StringIO
# expected: harmless
import io
class S(io.StringIO):
    def write(self, text):
        return super().write(text.upper())
s = S()
print("abc", file=s)
result = s.getvalue()
