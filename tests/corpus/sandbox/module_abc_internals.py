# technique: abc._abc_registry and get_cache_token
# expected: rejected
import abc
result = str(abc._get_dump(abc.ABC))
