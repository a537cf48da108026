"""Who listens to which repository, and delivery to them."""
