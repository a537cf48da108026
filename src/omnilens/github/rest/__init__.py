"""GitHub's REST API: a client that keeps to the limits."""
