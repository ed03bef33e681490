import os

DATA = os.environ.get("DIGITS", "digits.npz")
IMAGE = (8, 8, 1)
CLASSES = 10
DENSE = {"min": 16, "max": 64, "step": 16}


def dense_range(hp, name):
    return hp.Int(name, DENSE["min"], DENSE["max"], step=DENSE["step"])


if __name__ == "__main__":
    print(open(DATA).read())
