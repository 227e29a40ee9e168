"""Reading schemes, their rule engine, consensus, agreement and assignment: pure functions without Django."""
