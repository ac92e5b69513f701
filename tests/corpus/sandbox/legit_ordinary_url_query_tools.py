# technique: BENIGN - ordinary program: url query tools
# expected: accepted
# expect: ['http://ex.org/a?a=1&b=2', 'ex.org', 8443, 'user', {'x': ['1', '2'], 'y': ['']}, '/p/a b', '%C3%A4%2F%26', 'https://a.b/e', 'q=a&q=b']
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urljoin, urlparse, urlsplit, urlunparse
def canonical(url):
    p = urlparse(url)
    query = urlencode(sorted((k, v) for k, v in parse_qsl(p.query) if not k.startswith("utm_")))
    return urlunparse(p._replace(scheme=p.scheme.lower(), netloc=p.netloc.lower(), query=query, fragment=""))
u = urlsplit("https://user:pw@Ex.org:8443/p/a%20b?x=1&x=2&y=#f")
result = [canonical("HTTP://Ex.org/a?utm_source=z&b=2&a=1#top"), u.hostname, u.port, u.username, parse_qs(u.query, keep_blank_values=True), unquote(u.path), quote("ä/&", safe=""), urljoin("https://a.b/c/d", "../e"), urlencode({"q": ["a", "b"]}, doseq=True)]
