# technique: sqlite3 writes files
# expected: rejected
import sqlite3
result = sqlite3.connect(CANARY + ".db")
