"""What is measured. Each module has a NAME, a sentence that says what it is, and `run`."""
