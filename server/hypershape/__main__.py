"""`python -m hypershape` is the same program as `hypershape`."""

from hypershape.cli.main import main

if __name__ == "__main__":
    main()
