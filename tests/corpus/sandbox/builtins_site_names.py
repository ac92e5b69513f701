# technique: names that site adds: exit, quit, license
# expected: rejected
license._Printer__filenames = [CANARY]
result = "LEAK:" + str(license)
