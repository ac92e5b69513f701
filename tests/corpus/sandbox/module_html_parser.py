# technique: html.parser is a module behind a module
# expected: rejected
import html
result = str(html.parser)
