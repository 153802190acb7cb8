"""Training: fit and calibrate a classifier, evaluate it, write and promote its bundle."""
