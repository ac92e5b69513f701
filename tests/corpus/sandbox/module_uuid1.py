# technique: uuid.uuid1
# expected: rejected
from uuid import uuid1
result = "LEAK:" + str(uuid1())
