# technique: unicodedata._ucnhash_CAPI
# expected: rejected
import unicodedata
result = str(unicodedata._ucnhash_CAPI)
