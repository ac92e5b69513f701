# technique: string.ascii_letters by for target in a function
# expected: rejected
import string
def f():
    for string.digits in ["x"]:
        pass
f()
result = "ESCAPED" if string.digits == "x" else "ran"
