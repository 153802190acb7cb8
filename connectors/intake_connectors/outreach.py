"""What officials are told while visiting and upload for forwarding (走访发现)."""

from __future__ import annotations

from pydantic import Field

from intake.model.channel import Channel
from intake_connectors.json_api import JsonApiConfig, JsonApiConnector


class OutreachConfig(JsonApiConfig):
    """Options of an outreach source."""

    path: str = Field("/uploads", description="Path of the list, appended to base_url.")


class OutreachConnector(JsonApiConnector):
    """Pulls uploads; ``submitter_unit`` names who was told, and must never get it back."""

    channel = Channel.OUTREACH
    Config = OutreachConfig
