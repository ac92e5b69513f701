# technique: BENIGN - match on text commands, sequences, mappings and types
# expected: accepted
# expect: ['empty', 'go south', {'a': ['1', '2']}, 'quit', None, ('user', 'n', ['q']), ('nums', 1, 2.5), 'text', 'const', 'literal', 'big', '?']
def run(line):
    match line.split():
        case []:
            return "empty"
        case ["go", ("north" | "south") as d]:
            return "go " + d
        case ["set", key, *values]:
            return {key: values}
        case [cmd]:
            return cmd
    return None
def shape(v):
    match v:
        case {"type": "user", "name": str(n), **rest}:
            return ("user", n, sorted(rest))
        case [int(a), float(b) | int(b), *_]:
            return ("nums", a, b)
        case str() | bytes():
            return "text"
        case None | True | False:
            return "const"
        case -1 | 2.5:
            return "literal"
        case int(n) if n > 100:
            return "big"
    return "?"
result = [run(""), run("go south"), run("set a 1 2"), run("quit"), run("x y"), shape({"type": "user", "name": "n", "q": 1}), shape([1, 2.5, 3]),
          shape("s"), shape(True), shape(-1), shape(101), shape(7)]
