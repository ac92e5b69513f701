# technique: BENIGN - clean-up of 50 messy records
# expected: accepted
# expect: [{'id': 4, 'name': 'Cy', 'amount': -3.0, 'ok': False}, {'id': 0, 'name': 'Ann Lee', 'amount': 1200.5, 'ok': True}, {'id': 1, 'name': 'Bob', 'amount': None, 'ok': False}]
import re
def clean(rows):
    out, seen = [], set()
    for i, row in enumerate(rows):
        name = re.sub(r"\s+", " ", (row.get("name") or "").strip()).title()
        try:
            amount = round(float(str(row.get("amount", "")).replace(",", "").strip("$ ")), 2)
        except ValueError:
            amount = None
        if not name or (name, amount) in seen:
            continue
        seen.add((name, amount))
        out.append({"id": i, "name": name, "amount": amount, "ok": amount is not None and amount >= 0})
    return sorted(out, key=lambda r: (r["amount"] is None, r["amount"] or 0, r["id"]))
rows = [{"name": " ann  lee ", "amount": "$1,200.50"}, {"name": "BOB", "amount": "n/a"}, {"name": "", "amount": 1},
        {"name": "Ann Lee", "amount": 1200.5}, {"name": "cy", "amount": -3}] * 10
result = clean(rows)
