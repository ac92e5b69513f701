# technique: import json.decoder reaches json.scanner and re
# expected: rejected
import json.decoder
result = str(json.decoder.scanner)
