# technique: io.FileIO
# expected: rejected
from io import FileIO
result = FileIO(CANARY).read()
