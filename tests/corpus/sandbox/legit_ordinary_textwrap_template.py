# technique: BENIGN - ordinary program: textwrap template
# expected: accepted
# expect: ['Dear Ann, you owe $3.50. ${missing}', 'missing', '1-2', 'The quick brown fox jumps over the lazy dog, again and again.\n  Indented line.', ['*      The quick brown', '  fox jumps over the', '  lazy dog, again and', '  again.       Indented', '  line.'], 'The quick brown fox jumps…', '> a\n> b', 'aaa bbb\nccc', 'Hello Big World']
import string, textwrap
t = string.Template("Dear $name, you owe $$${amount}. ${missing}")
safe = t.safe_substitute(name="Ann", amount="3.50")
try:
    t.substitute(name="A", amount=1)
except KeyError as e:
    miss = e.args[0]
class Percent(string.Template):
    delimiter = "%"
body = """
    The quick brown fox jumps over the lazy dog, again and again.
      Indented line.
"""
w = textwrap.TextWrapper(width=24, initial_indent="* ", subsequent_indent="  ")
result = [safe, miss, Percent("%x-%{y}").substitute(x=1, y=2), textwrap.dedent(body).strip(), w.wrap(body), textwrap.shorten(body, 30, placeholder="…"), textwrap.indent("a\nb", "> "), textwrap.fill("aaa bbb ccc", 7), string.capwords("hello big world")]
