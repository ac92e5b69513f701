# technique: functools.update_wrapper(assigned=...) copies __globals__ under its own name
# expected: rejected
import functools
import textwrap
def mine():
    return 0
class Bag:
    def __setattr__(self, name, value):
        mine.seen = (name, value)
functools.update_wrapper(Bag(), textwrap.dedent, assigned=("__globals__",), updated=())
result = "ESCAPED globals handed to __setattr__: " + mine.seen[0]
