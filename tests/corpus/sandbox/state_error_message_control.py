# technique: control characters, bidi and surrogates in the message
# expected: contained: error
raise ValueError("\x1b[2J\r\n\x00\u202e\ud800 fine")
