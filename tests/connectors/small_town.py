"""A small corpus of our own: enough messages for several pages, and one of each happening."""

from __future__ import annotations

from datetime import datetime, timedelta

from intake.demo import SOURCES, CorpusMessage, Happening
from intake.model.zone import CHINA

START = datetime(2026, 1, 5, 9, 0, tzinfo=CHINA)

_THEN = (
    Happening(kind="official_reply", after_hours=20, body="路灯已经修好。", unit="区城市管理局"),
    Happening(kind="rating", after_hours=30, body="谢谢", solved=True, satisfied=False),
    Happening(kind="follow_up", after_hours=10, body="昨晚还是不亮，请再来看看。"),
    Happening(kind="edit", after_hours=5, body="更正：是第六中学门口的路灯不亮。"),
    Happening(kind="withdrawal", after_hours=40, body="问题解决了，撤回。"),
)


def message(source: str, number: int) -> CorpusMessage:
    """One invented message; every fifth has a story that goes on."""
    outreach = source.startswith("liaocheng-outreach")
    return CorpusMessage(
        key=f"{source}-{number}",
        source=source,
        channel="outreach" if outreach else SOURCES[source].connector,
        submitted_at=START + timedelta(hours=number),
        title="" if number % 7 == 0 else f"第{number}盏路灯不亮",
        body=f"建设路第{number}盏路灯不亮，朱镕镇的老人晚上不敢出门。\n请派人修一下，谢谢！",
        html=f"<p>建设路第{number}盏<b>路灯</b>不亮&nbsp;</p></div>" if number % 6 == 0 else None,
        name="林小满" if number % 3 else None,
        phone="17000001234转8021" if number == 4 else "19900001111",
        virtual=number == 4,
        email="xiaoman@example.org" if number % 2 else None,
        form_area=SOURCES[source].home_area,
        form_category="城建",
        matter_type="投诉",
        addressee="市长",
        submitter_unit="市档案馆" if outreach else None,
        disposition="answered_on_the_spot" if number == 8 else None,
        then=_THEN if number % 5 == 0 else (),
    )


def corpus(*sources: str, count: int = 37) -> list[CorpusMessage]:
    """``count`` messages for each source (default: all)."""
    return [message(source, n) for source in sources or SOURCES for n in range(1, count + 1)]
