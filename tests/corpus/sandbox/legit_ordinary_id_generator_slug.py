# technique: BENIGN - ordinary program: id generator slug
# expected: accepted
# expect: ['creme-brulee-the-best-recipe-e', '8m0Kx', '6aec555ea0de', ['INV-0001', 'INV-0002'], '7c15d5f4-2789-3081-af38-c0389932fa6f', '1234']
import hashlib, re, string, unicodedata, uuid
def slug(text, maxlen=30):
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = re.sub(r"[^\w\s-]", "", text.lower()).strip()
    return re.sub(r"[-\s_]+", "-", text)[:maxlen].rstrip("-")
def base62(n):
    alphabet = string.digits + string.ascii_letters
    out = ""
    while True:
        n, r = divmod(n, 62)
        out = alphabet[r] + out
        if not n: return out
def stable_id(*parts):
    return hashlib.sha1("\x1f".join(map(str, parts)).encode()).hexdigest()[:12]
def counter(prefix, start=1):
    n = start
    def take():
        nonlocal n
        n, cur = n + 1, n
        return f"{prefix}-{cur:04d}"
    return take
nxt = counter("INV")
result = [slug("Crème Brûlée: the *Best* Recipe -- ever!"), base62(123456789), stable_id("a", 1), [nxt(), nxt()], str(uuid.uuid3(uuid.NAMESPACE_DNS, "x.y")), uuid.UUID("{12345678123456781234567812345678}").hex[:4]]
