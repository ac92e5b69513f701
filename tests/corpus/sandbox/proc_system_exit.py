# technique: raise SystemExit(0) must not look like success
# expected: contained: exit
raise SystemExit(0)
