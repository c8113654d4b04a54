"""What this PC keeps."""
