"""Real parts for tests: a server, a signer, payloads."""
