"""``omnilens`` that forgets what is old many times a second, so that a short test meets it at every moment."""

import omnilens.upkeep
from omnilens.cli import main

assert omnilens.upkeep.TIDY_EVERY > 1
omnilens.upkeep.TIDY_EVERY = 0.05

if __name__ == "__main__":
    main()
