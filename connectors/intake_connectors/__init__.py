"""The connectors we ship; they come in through the entry points ``intake.connectors``."""
