"""The way of an event, from the bytes of a delivery to an update for browsers. ``flow.py`` shows it whole."""
