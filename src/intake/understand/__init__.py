"""What a message says: what it is about, where it is, whom it complains of."""
