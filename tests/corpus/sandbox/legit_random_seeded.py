# technique: BENIGN - random with a seed is deterministic
# expected: accepted
# expect: [True, [82, 15, 4, 95, 36], [8, 3, 1, 4, 7, 0, 9, 6, 2, 5], 0.909704, 'a', [4, 11, 55], [1, 2, 2, 2], 0.094708]
import random
random.seed(42)
a = [random.randint(1, 100) for _ in range(5)]
random.seed(42)
b = [random.randint(1, 100) for _ in range(5)]
rng = random.Random(7)
xs = list(range(10))
rng.shuffle(xs)
result = [a == b, a, xs, round(rng.random(), 6), rng.choice("abc"), rng.sample(range(100), 3), random.Random(1).choices([1, 2], weights=[1, 3], k=4), round(random.Random(3).gauss(0, 1), 6)]
