# technique: open on /dev/fd and /proc/self/fd
# expected: rejected
result = open("/proc/self/fd/3", "rb").read()
