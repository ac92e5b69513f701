# technique: html.escape/unescape only
# expected: harmless
import html
result = html.unescape("&lt;a&gt;") + html.escape("<")
