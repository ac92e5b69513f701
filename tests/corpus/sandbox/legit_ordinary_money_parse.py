# technique: BENIGN - ordinary program: money parse
# expected: accepted
# expect: [Decimal('1234.50'), Decimal('1234.50'), Decimal('-100.00'), Decimal('-3.00'), None, Decimal('1000.00')]
import re
from decimal import Decimal, InvalidOperation, ROUND_HALF_UP
def parse_money(text):
    text = text.strip()
    negative = text.startswith("(") and text.endswith(")") or text.startswith("-")
    digits = re.sub(r"[^\d.,]", "", text)
    if re.search(r",\d{2}$", digits):
        digits = digits.replace(".", "").replace(",", ".")
    else:
        digits = digits.replace(",", "")
    try:
        value = Decimal(digits).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return None
    return -value if negative else value
result = [parse_money(t) for t in ["$1,234.50", "1.234,50 €", "(99.995)", "-£3", "n/a", "¥1000"]]
