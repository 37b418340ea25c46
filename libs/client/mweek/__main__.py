"""`python -m mweek` is `mweek`."""

from mweek.cli import main

if __name__ == "__main__":
    main()
