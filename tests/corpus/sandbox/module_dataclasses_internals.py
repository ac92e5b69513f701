# technique: dataclasses.sys, .keyword, .inspect, ._create_fn
# expected: rejected
import dataclasses
result = str(dataclasses._create_fn)
