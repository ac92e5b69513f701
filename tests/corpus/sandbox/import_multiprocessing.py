# technique: multiprocessing.shared_memory
# expected: rejected
from multiprocessing import shared_memory
result = shared_memory.SharedMemory(create=True, size=10).name
