# technique: decimal._pydecimal and decimal.sys
# expected: rejected
import decimal
result = str(decimal.sys)
