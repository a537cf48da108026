"""``omnilens`` that forgets what is old many times a second, so that a short test meets it at every moment."""

import omnilens.app
from omnilens.cli import main

assert omnilens.app.TIDY_EVERY > 1
omnilens.app.TIDY_EVERY = 0.05

if __name__ == "__main__":
    main()
