"""What those who run the server want to know: metrics and logs."""
