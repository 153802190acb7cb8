"""Somebody else's package: a connector with a channel of its own, as it is installed."""

from __future__ import annotations

from pathlib import Path

MODULE = '''
"""Posts of a mini program, one JSON object a line of a file."""

import json
from pathlib import Path

from intake.connect import (
    AnswerWay, Attachment, Channel, Contact, Coordinates, Cursor, MalformedItem, MediaKind, Page, RawItem,
    SourceConfig, SourceContext, Submission, parse_time,
)


class WechatConfig(SourceConfig):
    path: Path


class WechatConnector:
    channel = Channel(
        "wechat_mini", zh="微信小程序", en="WeChat mini program", answers=AnswerWay.MESSAGE
    )
    Config = WechatConfig

    def __init__(self, config: WechatConfig, context: SourceContext) -> None:
        self._path = context.directory / config.path
        self._context = context

    def pull(self, cursor: Cursor) -> Page:
        lines = self._path.read_text(encoding="utf-8").splitlines()
        done = cursor.get("line", 0)
        assert isinstance(done, int)
        items = tuple(
            RawItem.of(
                self._context.name, json.loads(line)["no"], line.encode(),
                fetched_at=self._context.clock(), content_type="application/json",
            )
            for line in lines[done:]
        )
        return Page(items, {"line": len(lines)})

    def parse(self, item: RawItem) -> list[Submission]:
        try:
            post = json.loads(item.content)
            place = post["place"]
            return [
                Submission(
                    source=item.source,
                    channel=self.channel,
                    external_id=item.external_id,
                    title=post["title"],
                    body=post["text"],
                    submitted_at=parse_time(post["sent"]),
                    contact=Contact(name=post["name"], phone=post["phone"]),
                    form_area=post["area"],
                    coordinates=Coordinates(lat=place[0], lon=place[1]),
                    links=tuple(post["links"]),
                    attachments=(
                        Attachment(name="voice.amr", content_type="application/octet-stream", size=9,
                                   digest="ab" * 32, kind=MediaKind.AUDIO),
                        Attachment(name="p.png", content_type="image/png", size=9, digest="cd" * 32),
                    ),
                    extra={
                        "wechat_mini": {"form": "v2", "urgent": True},
                        "wechat_account": {"openid": post["openid"]},
                        "wechat_remarks": {"call": post["phone"]},
                    },
                    public_extra=("wechat_mini", "wechat_remarks"),
                )
            ]
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise MalformedItem("The line is not a post of the mini program.") from error

    def acknowledge(self, page: Page) -> None:
        """Nothing is marked."""

    def close(self) -> None:
        """Nothing is open."""
'''
METADATA = "Metadata-Version: 2.1\nName: wechat-mini-connector\nVersion: 1.0\n"
ENTRY_POINTS = "[intake.connectors]\nwechat_mini = wechat_mini_connector:WechatConnector\n"


def install(folder: Path, module: str = MODULE) -> None:
    """Put the package into a folder as an installer does: a module, and its metadata beside it."""
    (folder / "wechat_mini_connector.py").write_text(module, encoding="utf-8")
    about = folder / "wechat_mini_connector-1.0.dist-info"
    about.mkdir(exist_ok=True)
    (about / "METADATA").write_text(METADATA, encoding="utf-8")
    (about / "entry_points.txt").write_text(ENTRY_POINTS, encoding="utf-8")
