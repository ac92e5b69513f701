# technique: strftime with a large format
# expected: contained: memory
import datetime
result = len(datetime.date(2024, 1, 1).strftime("%A" * 10 ** 8))
