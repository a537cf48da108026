"""Who somebody is, what they may see, and what they are told."""
