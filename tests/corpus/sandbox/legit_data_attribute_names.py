# technique: BENIGN - own attributes called data, base, obj, dump, format, register, name, mro-like words
# expected: accepted
# expect: [{'obj': 'O', 'data': [1, 2, 3], 'base': 2, 'format': 'json'}, 'r...', ['a', 'b'], 'O', True]
class Message:
    def __init__(self, obj, data):
        self.obj, self.data, self.base = obj, data, len(data)
        self.format = "json"
    def dump(self):
        return {"obj": self.obj, "data": self.data, "base": self.base, "format": self.format}
class Report:
    def format(self, width=3):
        return "r".ljust(width, ".")
    def format_map(self, m):
        return sorted(m)
m = Message("o", [1, 2])
m.data += [3]
m.obj = m.obj.upper()
result = [m.dump(), Report().format(4), Report().format_map({"b": 1, "a": 2}), getattr(m, "obj"), hasattr(m, "data")]
