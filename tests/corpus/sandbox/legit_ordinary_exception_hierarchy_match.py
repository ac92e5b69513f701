# technique: BENIGN - ordinary program: exception hierarchy match
# expected: accepted
# expect: [1, 'key q', 'index']
def f(x):
    try:
        return {"v": 1}[x] if isinstance(x, str) else [1][x]
    except (KeyError, IndexError) as e:
        match e:
            case KeyError(args=(k,)):
                return f"key {k}"
            case LookupError():
                return "index"
    else:
        return 0
    finally:
        pass
result = [f("v"), f("q"), f(5)]
