"""A child that serves several calls has nothing of one call left in the library when the next begins."""

import pytest

from dana_sandbox.policy import SandboxPolicy
from dana_sandbox.run import compile_untrusted

SLY_TEXT = """
class Sly(str):
    def __hash__(self): return 7
    def __eq__(self, other):
        other.got = getattr(self, "secret", 0)
        return False
text = Sly("%d"); text.secret = n; text.got = None
"""
SLY_VIEW = """
class Sly:
    def __eq__(self, other):
        other[f"call {n}"] = n
        return True
"""
LEFTOVERS = {
    "typing": f"{SLY_TEXT}\nfrom typing import Literal\nLiteral[text]\nresult = text.got",
    "pattern": f"{SLY_TEXT}\nimport re\nre.compile(text)\nresult = text.got",
    "time format": f"{SLY_TEXT}\nimport time\ntime.strptime('1', text)\nresult = text.got",
    "address": f"{SLY_TEXT}\nfrom urllib.parse import urlsplit\nurlsplit(text)\nresult = text.got",
    "quoting": f"{SLY_TEXT}\nfrom urllib.parse import quote\nquote('a/b', safe=text)\nresult = text.got",
    "layout": f"{SLY_TEXT}\nimport struct\ntext = Sly('i'); text.secret = n; text.got = None\nstruct.calcsize(text)\n"
    "result = text.got",
    "groups": f"{SLY_VIEW}\nimport re\nview = re.compile('(?P<a>x)').groupindex\nresult = len(view)\nview == Sly()",
    "template": f"{SLY_VIEW}\nfrom string import Template\nview = Template.pattern.groupindex\nresult = len(view)\n"
    "view == Sly()",
    "metadata": f"{SLY_VIEW}\nfrom dataclasses import field\nview = field().metadata\nresult = len(view)\nview == Sly()",
    "flag": "import re\nclass Int(int): pass\nvalue = Int(512)\nvalue.secret = n\n"
    "result = re.RegexFlag(value).value.secret - n",
    "overload": f"{SLY_TEXT}\nfrom typing import overload\ndef f(): pass\nf.__qualname__ = text\noverload(f)\n"
    "result = text.got",
}


@pytest.mark.parametrize("source", LEFTOVERS.values(), ids=LEFTOVERS.keys())
def test_a_call_meets_nothing_of_the_call_before(source: str) -> None:
    """What the second call sees is what the first one saw."""
    with compile_untrusted(source, policy=SandboxPolicy(calls_per_worker=10)) as program:
        first, second = program.run({"n": 1}), program.run({"n": 2})
    assert first.status == "ok", first
    assert (second.status, second.value) == ("ok", first.value)
