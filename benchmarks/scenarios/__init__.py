"""What is measured. Each module has a NAME, a sentence that says what it is, and `run`.

Some use what the tests have: clients that remember, and servers to keep a journal in.
"""

import sys

from catalogue import HERE

sys.path.append(str(HERE.parent / "tests"))
