# technique: pickle.loads
# expected: rejected
import pickle
result = pickle.loads(b"cos\nsystem\n(S'true'\ntR.")
