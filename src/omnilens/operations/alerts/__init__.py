"""When somebody has to be told about the server itself: rules, over windows of what it counts."""
