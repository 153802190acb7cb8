"""Learning from texts with known categories: fit, calibrate, evaluate, write a bundle."""
