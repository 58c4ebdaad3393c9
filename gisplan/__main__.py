"""`python -m gisplan` is `gisplan`."""

from gisplan.cli.main import main

if __name__ == "__main__":
    main()
