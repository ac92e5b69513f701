# technique: BENIGN - ordinary program: secrets tokens
# expected: accepted
# expect: [16, 12, True, True, True]
import secrets
import string
token = secrets.token_hex(8)
pw = "".join(secrets.choice(string.ascii_letters) for _ in range(12))
result = [len(token), len(pw), 0 <= secrets.randbelow(10) < 10, len(secrets.token_urlsafe(8)) >= 10, secrets.compare_digest("a", "a")]
