# technique: functools.update_wrapper(updated=...) merges the globals of a library function into an object of ours
# expected: rejected
import functools
import textwrap
class Bag:
    pass
bag = Bag()
functools.update_wrapper(bag, textwrap.dedent, assigned=(), updated=("__globals__",))
result = "ESCAPED globals merged"
