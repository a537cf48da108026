"""What the page and other programs ask over HTTP: one file for each resource."""
