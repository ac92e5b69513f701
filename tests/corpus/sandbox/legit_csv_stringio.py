# technique: BENIGN - csv over StringIO, both directions
# expected: accepted
# expect: [[{'name': 'Lee, Ann', 'score': 6.0}, {'name': 'Bob', 'score': 9.0}], 'name,score\n"Lee, Ann",6.0\nBob,9.0\n']
import csv
import io
text = "name,score\n\"Lee, Ann\",3\nBob,4.5\n"
rows = list(csv.DictReader(io.StringIO(text)))
buf = io.StringIO()
w = csv.DictWriter(buf, fieldnames=["name", "score"], lineterminator="\n")
w.writeheader()
for r in rows:
    r["score"] = float(r["score"]) * 2
    w.writerow(r)
result = [rows, buf.getvalue()]
