"""The one time zone of the product's users."""

from __future__ import annotations

from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
"""Wall clock, days and deadlines are China's; inside, times are UTC."""
