# technique: __getattr__ of a typing alias given a str subclass with the hash of another name
# expected: contained: error
import json
from typing import List
class Sly(str):
    def __hash__(self):
        return hash("__glo" + "bals__")
    def __eq__(self, other):
        return True
    def startswith(self, *a):
        return False
alias = type(List[int])(json.dumps, (int,))
result = "ESCAPED " + str(alias.__getattr__(Sly("safe"))["__name__"])
