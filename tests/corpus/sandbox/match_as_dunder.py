# technique: case x as __builtins__
# expected: rejected
match {"x": 1}:
    case {"x": 1} as __builtins__:
        result = "ran"
