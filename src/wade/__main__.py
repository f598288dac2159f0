"""`python -m wade` is the command `wade`."""

from wade.cli import main

if __name__ == "__main__":
    main()
