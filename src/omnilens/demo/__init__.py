"""A busy day that never was: signed webhooks like GitHub's, posted over HTTP to a real server."""
