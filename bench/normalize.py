"""What cleaning a message costs: real texts of 300 characters, and hostile ones of 100 kB.

``python bench/normalize.py [--shared DIR] [--over MS]``. Processor time, the best of several runs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from texts import find_shared, load_texts

from intake.model.channel import Channel
from intake.model.submission import Contact, Submission
from intake.normalize import normalize

BYTES = 100_000
LENGTH = 300
RUNS = 3

UNITS = {
    "a letter": "尊敬的领导：您好！我是和平小区三号楼的住户，楼下的烧烤店每晚营业到两点，油烟和噪音让人没法睡觉。"
    "多次向物业反映，至今没有人来处理，恳请有关部门尽快解决，谢谢！\n",
    "a letter in one line": "楼下的烧烤店每晚营业到两点，油烟和噪音让人没法睡觉，多次向物业反映，至今没有人来处理，",
    "telephones": "电话13800138000，",
    "telephones with dashes": "138-0013-8000 ",
    "spoken telephones": "幺三八零零一三八零零零，",
    "digits": "1",
    "digits and blanks": "1 ",
    "full-width digits": "１２３４５６７",
    "numerals": "一三八",
    "identity numbers": "身份证22010219550312442X，",
    "plates": "吉A12345 ",
    "mail addresses": "zhang@163.com ",
    "at signs": "a@",
    "wechat": "微信号abc_12345，",
    "doors": "3号楼2单元501室，",
    "buildings": "号楼",
    "frames": "我叫",
    "names": "我叫王小明，",
    "contacts": "联系人：",
    "contacts and names": "联系人：王小明 ",
    "kin": "我父亲",
    "who one is": "我是某某镇某某村",
    "signatures": "此致\n敬礼\n王小明\n2021年3月5日\n",
    "form labels": "来电人：王先生\n诉求：路灯不亮\n",
    "one label many times": "诉求：",
    "quoted mail": "> 发件人: 王\n> 原始邮件\n",
    "quote marks": ">>>>",
    "furniture": "首页 > 互动交流 > 信箱\n打印 关闭\n",
    "short lines": "好\n",
    "blank lines": "\n",
    "blanks": " ",
    "zero widths": "\u200b路",
    "combining marks": "e\u0301",
    "brackets": "(",
    "closed brackets": "()",
    "nested brackets": "（(",
    "glosses": "路(lù)灯(dēng)",
    "glosses without characters": "(lù)",
    "entities": "&nbsp;&#36335;",
    "double entities": "&amp;amp;nbsp;",
    "ampersands": "&",
    "tags": "<b>路</b>",
    "open tags": "<",
    "nested tags": "<div>",
    "a table": "<tr><td>诉求</td><td>路灯不亮</td></tr>",
    "attributes": '<p style="a:b" x=',
    "comments": "<!--",
    "scripts": "<script>",
    "traditional": "請處理違法佔道經營問題，",
    "traditional in places": "路燈不亮",
    "mojibake of UTF-8": "路灯不亮".encode().decode("latin-1"),
    "mojibake in cp1252": "è·¯ç¯ä¸äº®",
    "mojibake of GBK": "路灯不亮".encode("gbk").decode("latin-1"),
    "UTF-8 read as GBK": "路灯不亮啊".encode().decode("gbk", "replace"),
    "replacement marks": "\ufffd",
    "percent signs": "%E8%B7%AF",
    "backslashes": "\\u8def",
    "equals signs": "=E8=B7=AF",
    "compatibility characters": "⼈⽔⾦",
    "emoji": "😀",
    "rare characters": "𠮷",
    "counted matters": "一、路灯不亮。二、",
    "placeholders": "[手机]",
    "Latin words": "abc ",
    "one Latin word": "a",
    "dots": "·",
    "dotted names": "买买提·",
    "stars": "138****1234 ",
    "colons": "：",
    "commas": "，",
}


def main() -> None:
    """Measure and print, the slowest first."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, help="folder of real texts; default ../shared")
    parser.add_argument(
        "--over", type=float, default=0.0, help="leave out kinds that take less (ms)"
    )
    arguments = parser.parse_args()
    real = ["".join(text.clauses) for text in load_texts(find_shared(arguments.shared))]
    usual = [text[:LENGTH] for text in real if len(text) >= LENGTH][:1_000]
    print(f"{len(usual)} texts of {LENGTH} characters: {_cost(usual) / len(usual):.3f} ms each\n")
    print("| 100 kB of | ms |\n|---|---:|")
    kinds = {name: unit * (BYTES // len(unit.encode())) for name, unit in UNITS.items()}
    kinds["real letters"] = "\n".join(real).encode()[:BYTES].decode(errors="ignore")
    costs = {name: _cost([text]) for name, text in kinds.items()}
    for name, cost in sorted(costs.items(), key=lambda item: -item[1]):
        if cost >= arguments.over:
            print(f"| {name} | {cost:.1f} |")


def _cost(texts: Sequence[str]) -> float:
    """Give the milliseconds of processor time that cleaning the texts takes, at best."""
    submissions = [
        Submission(
            source="bench",
            channel=Channel.BOARD,
            external_id="1",
            body=text,
            submitted_at=datetime(2026, 3, 1, tzinfo=UTC),
            contact=Contact(),
        )
        for text in texts
    ]
    best = float("inf")
    for _ in range(RUNS):
        started = time.process_time()
        for submission in submissions:
            normalize(submission)
        best = min(best, time.process_time() - started)
    return best * 1e3


if __name__ == "__main__":
    main()
