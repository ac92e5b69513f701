# technique: ast
# expected: rejected
import ast
result = ast.literal_eval("1")
