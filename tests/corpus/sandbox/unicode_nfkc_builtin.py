# technique: eval in mathematical bold
# expected: rejected
result = 𝐞𝐯𝐚𝐥("1")
