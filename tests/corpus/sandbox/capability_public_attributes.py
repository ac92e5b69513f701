# technique: public attributes of a granted function show nothing of the channel
# expected: harmless
out = []
for name in ("func", "args", "channel", "send", "socket", "fd", "name", "call", "host", "state", "wrapped"):
    value = getattr(lookup, name, None)
    if value is not None and not isinstance(value, str):
        out.append(name)
result = "LEAK:" + str(out) if out else "ran"
