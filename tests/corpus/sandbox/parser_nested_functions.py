# technique: functions nested 99 deep, indentation limit
# expected: harmless
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "".join(" " * i + f"def f{i}():\n" for i in range(99)) + " " * 99 + "pass\nresult = 1"
