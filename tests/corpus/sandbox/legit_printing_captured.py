# technique: BENIGN - print with sep and end; the value is separate from the output
# expected: accepted
# expect: 'printed'
for i in range(3):
    print(i, end=" ")
print()
print("a", "b", sep="-", flush=True)
result = "printed"
