# technique: the == trick on A.__dict__ of an own class hands out the writable class dict
# expected: rejected
class A:
    x = 1
class Thief:
    def __eq__(self, other):
        other["__match_args__"] = ("gi_frame",)
        return True
A.__dict__ == Thief()
result = "ESCAPED class dict written behind the guards"
