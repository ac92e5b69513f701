# technique: BENIGN - ordinary program: no final newline
# expected: accepted
# expect: 5
PAYLOAD = "def f():\n    return 5\n\n\nif __name__ == '__main__':\n    result = f()"
