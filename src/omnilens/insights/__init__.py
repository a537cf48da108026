"""What the history tells: pure functions of the runs that were. Nothing here asks, waits or remembers."""
