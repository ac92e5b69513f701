# technique: pandas is never offered
# expected: rejected
import pandas as pd
result = str(pd.read_csv(CANARY))
