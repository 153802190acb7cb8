"""The published contract: event types and their schemas."""
