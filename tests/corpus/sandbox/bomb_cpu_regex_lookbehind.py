# technique: nested quantifiers behind a lookahead
# expected: contained: timeout
import re
result = re.search(r"^(?=(.*a){20})(.*,){25}$", "a," * 60)
