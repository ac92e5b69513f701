# technique: bit_generator.cffi
# expected: rejected
# modules: numpy
import numpy as np
result = str(np.random.default_rng(1).bit_generator.cffi)
