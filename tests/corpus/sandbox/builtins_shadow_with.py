# technique: with ... as (a, _write_)
# expected: rejected
import contextlib
with contextlib.nullcontext((1, 2)) as (a, _write_):
    result = a
