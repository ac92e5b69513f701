# technique: BENIGN - ordinary program: monte carlo pi
# expected: accepted
# expect: [3.15, ['3D', '2S', 'AD'], ['c', 'b', 'a', 'b'], [27, 24, 4], [3, 4, 2, 5, 1]]
import random, math
random.seed(12345)
inside = sum(1 for _ in range(5000) if math.hypot(random.random(), random.random()) <= 1)
rng = random.Random("seed")
deck = [f"{r}{s}" for s in "SHDC" for r in "A23"]
rng.shuffle(deck)
result = [round(4 * inside / 5000, 2), deck[:3], rng.choices("abc", weights=[1, 2, 3], k=4), rng.sample(range(100), 3), [rng.randint(1, 6) for _ in range(5)]]
