"""Requests that officials hear on visits and upload for forwarding (走访发现)."""

from __future__ import annotations

from pydantic import Field

from intake.model.channel import Channel
from intake_connectors.json_api import JsonApiConfig, JsonApiConnector


class OutreachConfig(JsonApiConfig):
    """Options of an outreach source."""

    path: str = Field("/uploads", description="Path of the list, appended to base_url.")


class OutreachConnector(JsonApiConnector):
    """Pulls uploads; ``submitter_unit`` is the unit that uploaded, which must never receive the request."""

    channel = Channel.OUTREACH
    Config = OutreachConfig
