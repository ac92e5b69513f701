# technique: BENIGN - ordinary program: identifiers unicode
# expected: accepted
# expect: [3, 3.14, 3, 4, 'brie', 8, {'größe': 3}]
größe = 3
π = 3.14
данные = [1, 2]
class Käse:
    façon = "brie"
    def größer(self, größe): return größe + 1
def 计算(数): return 数 * 2
result = [größe, π, sum(данные), Käse().größer(größe), Käse.façon, 计算(4), {"größe": größe}]
