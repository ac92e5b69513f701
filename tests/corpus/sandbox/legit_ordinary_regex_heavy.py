# technique: BENIGN - ordinary program: regex heavy
# expected: accepted
# expect: [['ann.lee+news@mail.example.org'], '15550109999', [{'y': '2024', 'm': '02', 'd': '29', 'm2': None, 'd2': None, 'y2': None}, {'y': None, 'm': None, 'd': None, 'm2': '03', 'd2': '15', 'y2': '2023'}], 'some_camel_case_name', 'someSnakeName', 'world hello', ['One.', 'Two!', 'Three?', 'Four'], [True, False], ('a', '-'), (0, 1), 'a\\.b', ['c', 'tag', 'two'], ('bbnbnb', 3), True, ['a', ',', 'b;c']]
import re
text = "Contact: ann.lee+news@mail.example.org, +1 (555) 010-9999; see https://ex.org/a?b=1#c on 2024-02-29 or 03/15/2023. #tag #two"
emails = re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", text)
phone = re.sub(r"\D", "", re.search(r"\+?\d[\d\s()-]{7,}\d", text)[0])
dates = [m.groupdict() for m in re.finditer(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)|(?P<m2>\d\d)/(?P<d2>\d\d)/(?P<y2>\d{4})", text)]
camel = re.sub(r"(?<!^)(?=[A-Z])", "_", "someCamelCaseName").lower()
snake = re.sub(r"_(\w)", lambda m: m[1].upper(), "some_snake_name")
swap = re.sub(r"(?P<a>\w+) (?P<b>\w+)", r"\g<b> \g<a>", "hello world")
balanced = re.split(r"(?<=[.!?])\s+", "One. Two! Three? Four")
pw = [bool(re.fullmatch(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z]).{8,}", p)) for p in ("Passw0rd", "weak")]
m = re.match(r"(\w)(\w)?", "a")
result = [emails, phone, dates, camel, snake, swap, balanced, pw, m.groups("-"), m.span(), re.escape("a.b"), re.findall(r"#(\w+)", text), re.subn("a", "b", "banana"), re.compile("x", re.I | re.M).flags & re.I > 0, re.split("([,;])", "a,b;c", maxsplit=1)]
