"""Hot matters: what grows faster than its own past."""

from intake.hot.find import HotMatter, find_hot
from intake.hot.picture import bars, picture

__all__ = ["HotMatter", "bars", "find_hot", "picture"]
