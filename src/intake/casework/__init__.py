"""What people and units do to requests and cases after the machine has decided."""
