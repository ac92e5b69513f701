# technique: dir() without arguments must not show the guards nor their frames
# expected: harmless
names = dir()
result = "LEAK:guards" if any("<" in n or "getattr" in n for n in names) else None
