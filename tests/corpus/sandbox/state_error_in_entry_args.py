# technique: an exception whose class is made by a function and named like a path
# expected: contained: error
def make():
    class usr_lib_python3(Exception):
        pass
    return usr_lib_python3
raise make()("/usr/lib/python3/secret.py 0x7f00deadbeef")
