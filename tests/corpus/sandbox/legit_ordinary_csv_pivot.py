# technique: BENIGN - ordinary program: csv pivot
# expected: accepted
# expect: ['region,Jan,Feb\nN,2.0,3.5\nS,2.0,0.0\nW;x,0.0,1.0\n', {'N': {'Jan': 2.0, 'Feb': 3.5}, 'S': {'Jan': 2.0}, 'W;x': {'Feb': 1.0}}, ['region', 'month', 'sales'], 6]
import csv, io
from collections import defaultdict
raw = "region;month;sales\nN;Jan;1,5\nS;Jan;2,0\nN;Feb;3,5\nN;Jan;0,5\n\"W;x\";Feb;1,0\n"
reader = csv.DictReader(io.StringIO(raw), delimiter=";")
pivot = defaultdict(lambda: defaultdict(float))
for row in reader:
    pivot[row["region"]][row["month"]] += float(row["sales"].replace(",", "."))
months = ["Jan", "Feb"]
out = io.StringIO()
writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
writer.writerow(["region", *months])
writer.writerows([r, *(f"{pivot[r].get(m, 0):.1f}" for m in months)] for r in sorted(pivot))
result = [out.getvalue(), {k: dict(v) for k, v in pivot.items()}, reader.fieldnames, reader.line_num]
