# technique: csv.io / csv.re / csv.types
# expected: rejected
import csv
result = csv.io.open(CANARY).read()
