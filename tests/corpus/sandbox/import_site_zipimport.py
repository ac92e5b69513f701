# technique: zipimport, runpy, pkgutil
# expected: rejected
import runpy
result = runpy.run_path(CANARY)
