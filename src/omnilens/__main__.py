"""``python -m omnilens``."""

from omnilens.cli import main

if __name__ == "__main__":
    main()
