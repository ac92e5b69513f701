# technique: the variable result is changed by __del__ and by generators later
# expected: harmless
result = [1]
class A:
    def __del__(self):
        global result
        result = "ran late"
a = A()
