# technique: BENIGN - if __name__ == "__main__"
# expected: accepted
# expect: 'ran as __main__'
def main():
    return "ran as " + __name__
result = None
if __name__ == "__main__":
    result = main()
