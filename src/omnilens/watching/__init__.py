"""``omnilens watch``: the board of one repository in a terminal, live from a server that runs somewhere."""
