"""For whoever is on call: alerts as they fired, problems that people reported, and going back by itself."""
