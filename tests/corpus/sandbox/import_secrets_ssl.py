# technique: ssl/urllib
# expected: rejected
import urllib.request
result = urllib.request.urlopen("file://" + CANARY).read()
