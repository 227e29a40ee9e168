"""Use cases that write; one idea a file."""
