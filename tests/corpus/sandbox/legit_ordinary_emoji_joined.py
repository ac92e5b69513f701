# technique: BENIGN - ordinary program: emoji joined
# expected: accepted
# expect: [8, '👩🏽\u200d💻 dev']
PAYLOAD = "# family \U0001F468\u200d\U0001F469\u200d\U0001F467 and flag \U0001F3F3\ufe0f\u200d\U0001F308\nx = '\U0001F469\U0001F3FD\u200d\U0001F4BB dev'\nresult = [len(x), x]\n"
