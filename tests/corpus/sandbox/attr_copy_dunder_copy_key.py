# technique: __deepcopy__ through an instance dict only calls our own function
# expected: harmless
import copy
class A:
    def __init__(self):
        self.__dict__["__deepcopy__"] = lambda memo: "mine"
result = copy.deepcopy(A())
