# technique: strptime imports _strptime lazily inside C
# expected: harmless
import datetime
result = datetime.datetime.strptime("2024-02-29", "%Y-%m-%d").day
