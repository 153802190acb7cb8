"""Where a text that counts its matters begins the next one."""

from __future__ import annotations

import re

# "一、…二、…", "…；…", "另外…". Every way begins with a character of one set, so that the engine
# skips from one to the next.
_NEXT_MATTER = re.compile(
    r"[一二三四五六七八九\d（(；;①-⑨第另此还再同顺](?:(?<=[一二三四五六七八九])、|(?<=[一二三四五六])是"
    r"|(?<=[（(])[一二三四五六七八九\d][）)]|(?<=\d)(?<!\d\d)[、.．](?!\d)|(?<=[；;①-⑨])"
    r"|(?<=第)[一二三四五六](?:[个件]?事|[个件]?问题|[个件点条])?(?:[，,：:、]|是)"
    r"|(?<=[另此])外|(?<=还)有(?=就是|[一个件]|[，,])|(?<=再)(?:就是|一个|有一件)"
    r"|(?<=同)时(?=反映|希望|请)|(?<=顺)便)"
)


def split_matters(text: str) -> list[str]:
    """Cut a text where it begins to count another matter; one part for a text that counts none."""
    return _NEXT_MATTER.split(text)
