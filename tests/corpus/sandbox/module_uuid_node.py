# technique: uuid.getnode and uuid1 show the hardware address
# expected: rejected
import uuid
result = "LEAK:" + str(uuid.getnode())
