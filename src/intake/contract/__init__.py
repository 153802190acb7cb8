"""The published contract: events, as other systems read them."""
