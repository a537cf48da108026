"""What GitHub sends and answers."""
