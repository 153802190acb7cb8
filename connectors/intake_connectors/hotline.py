"""Work orders (工单) of a citizens' hotline (12345, 96118), over its JSON interface."""

from __future__ import annotations

from intake.model.channel import Channel
from intake_connectors.json_api import JsonApiConfig, JsonApiConnector


class HotlineConfig(JsonApiConfig):
    """Options of a hotline source."""


class HotlineConnector(JsonApiConnector):
    """Pulls orders that are new or changed; an edited order is a revision of the same item."""

    channel = Channel.HOTLINE
    Config = HotlineConfig
