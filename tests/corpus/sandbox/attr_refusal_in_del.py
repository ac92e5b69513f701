# technique: a refusal raised in __del__ is unraisable, and must still count
# expected: rejected
class A:
    def __del__(self):
        pass
result = "ran"
