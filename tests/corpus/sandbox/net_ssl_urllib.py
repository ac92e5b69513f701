# technique: urllib.request.urlopen
# expected: rejected
from urllib.request import urlopen
result = urlopen("http://127.0.0.1:9/").status
