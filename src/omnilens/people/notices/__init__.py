"""What people are told: made from the journal once, kept for each until it was seen."""
