"""Reading a message: its category, its area, the units it names, its signals."""
