# technique: many items in one with
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "import contextlib\nwith " + ", ".join(["contextlib.nullcontext()"] * 15) + ":\n    result = 1"
