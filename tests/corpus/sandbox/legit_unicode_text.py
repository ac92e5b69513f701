# technique: BENIGN - unicode, emoji, normalisation, casefold, translate
# expected: accepted
# expect: ['Creme Brulee 🍮 straße', 1, True, '1n1n1', 'Crme Brle  strae', 'LATIN SMALL LETTER E WITH ACUTE', 'Lu', False, '語本日', 'ǅ', 'CRÈME BRÛLÉE 🍮 STRASSE']
import unicodedata
s = "Crème Brûlée 🍮 straße"
plain = "".join(c for c in unicodedata.normalize("NFKD", s) if not unicodedata.combining(c))
table = str.maketrans({"a": "1", "b": None})
result = [plain, len("🍮"), "STRASSE".casefold() == "straße".casefold(), "banana".translate(table), s.encode("ascii", "ignore").decode(), unicodedata.name("é"), unicodedata.category("A"),
          "ñ" < "z", "日本語"[::-1], "ǆ".title(), s.upper()]
