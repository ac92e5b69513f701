# technique: type(name, bases, dict)
# expected: rejected
X = type("X", (), {"__class__": int})
result = "ran"
