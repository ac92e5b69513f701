# technique: __init__ of an alias that the library keeps for everybody
# expected: rejected
from typing import List
List[int].__init__(str, (str,))
result = str(List[int])
