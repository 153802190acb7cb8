"""Contract suites for the authors of connectors and consumers; they need pytest."""

from intake.testing.connectors import ConnectorContract, Rig, connector_contract
from intake.testing.consumers import ConsumerSuite

__all__ = ["ConnectorContract", "ConsumerSuite", "Rig", "connector_contract"]
