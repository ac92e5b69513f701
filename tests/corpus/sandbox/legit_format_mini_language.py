# technique: BENIGN - format mini-language, f-string =, nested specs, conversions
# expected: accepted
# expect: ['3.142', '1,234,567', '1_234_567', '       ann|', "  'ann'  ", '0x12d687 100', '25.6%', '1.234567e+06', 'pi=3.14', "name = 'ann'", '**x**', '-5  5', '000001234567', '    1|2    |  3  ', 'a-b-a', '1 3', '    3.14', '  3.1|a   |007|%', '{literal} 2', 'ff', '12', '  None', '1', 'a', '[0, 1]']
pi, n, name, width = 3.14159265, 1234567, "ann", 10
result = [f"{pi:.3f}", f"{n:,}", f"{n:_}", f"{name:>{width}}|", f"{name!r:^9}", f"{n:#x} {n:b}"[:12], f"{0.256:.1%}", f"{n:e}", f"{pi=:.2f}", f"{name = }", f"{'x':*^5}", f"{-5:+d} {5: d}", f"{n:012d}",
          "{:>5}|{:<5}|{:^5}".format(1, 2, 3), "{0}-{1}-{0}".format("a", "b"), "{x[k]} {y.real}".format(x={"k": 1}, y=3), "{:{w}.{p}f}".format(pi, w=8, p=2), "%5.1f|%-4s|%03d|%%" % (pi, "a", 7), f"{{literal}} {1 + 1}",
          format(255, "x"), "{a}{b}".format_map({"a": 1, "b": 2}), f"{None!s:>6}", f"{True:d}", f"{'a' if n else 'b'}", f"{[i for i in range(2)]}"]
