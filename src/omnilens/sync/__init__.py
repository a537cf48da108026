"""What GitHub knows and we do not: asked once, where there is reason to, and never in a loop."""
