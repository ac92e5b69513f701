# technique: BENIGN - textwrap, string constants, string.Template, capwords
# expected: accepted
# expect: ['the quick\nbrown fox\njumps', 'a\n  b\n', 'hello big...', 'Dear Ann, you owe $5.', 'Dear Bo, you owe $${amount}.', 'A Bc D', 'abc', '> x\n> y', 'ab']
import string
import textwrap
t = string.Template("Dear $name, you owe $$${amount}.")
result = [textwrap.fill("the quick brown fox jumps", width=10), textwrap.dedent("  a\n    b\n"), textwrap.shorten("hello big world", 12, placeholder="..."),
          t.substitute(name="Ann", amount=5), t.safe_substitute(name="Bo"), string.capwords("a bc d"), string.ascii_lowercase[:3],
          textwrap.indent("x\ny", "> "), "".join(c for c in "a1!b" if c not in string.punctuation + string.digits)]
