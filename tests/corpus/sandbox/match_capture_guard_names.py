# technique: captures named like guards in every kind of pattern
# expected: rejected
match {"a": 1, "b": 2}:
    case {"a": _getattr_, **_write_}:
        result = "ran"
