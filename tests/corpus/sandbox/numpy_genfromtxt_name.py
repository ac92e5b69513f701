# technique: np.loadtxt opens files and URLs
# expected: rejected
# modules: numpy
from numpy import loadtxt
result = loadtxt(CANARY)
