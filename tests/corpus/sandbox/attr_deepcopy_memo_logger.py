# technique: the memo of deepcopy keeps what a logger holds: the state of the run
# expected: harmless
import copy
import logging
memo = {}
for thing in (logging.getLogger("a"), logging.info):
    try:
        copy.deepcopy(thing, memo)
    except TypeError:
        pass
kept = [x for x in memo.get(id(memo), []) if hasattr(x, "refusals")]
result = "ESCAPED " + str(len(kept[0].builtins)) if kept else "ran"
