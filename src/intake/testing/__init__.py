"""What we ship to authors of connectors and consumers: contract suites, and a simulated city."""
