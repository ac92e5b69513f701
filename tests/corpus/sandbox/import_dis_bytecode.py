# technique: dis
# expected: rejected
import dis
result = "LEAK:" + str(dis.Bytecode(lambda: 1).codeobj)
