"""One piece of personal data as a finder reports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Found(NamedTuple):
    """A piece of personal data: its kind, place and value, and whether it is the writer's own."""

    kind: str
    start: int
    end: int
    value: str
    own: bool = True

    def at(self, start: int, end: int) -> Found:
        """Return the same in another place."""
        return Found(self.kind, start, end, self.value, self.own)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of personal data: the type it is reported as and the word that is put in its place."""

    type: str
    word: str


KINDS = {
    "mobile": Kind("mobile", "手机"),
    "landline": Kind("landline", "固话"),
    "virtual_number": Kind("virtual_number", "虚拟号"),
    "id_card": Kind("id_card", "身份证"),
    "plate": Kind("plate", "车牌"),
    "bank_card": Kind("bank_card", "银行卡"),
    "email": Kind("email", "邮箱"),
    "wechat": Kind("wechat", "微信"),
    "qq": Kind("wechat", "QQ"),  # an account of a messenger, as the other one is
    "name": Kind("name", "姓名"),
    "address_door": Kind("address_door", "门牌"),
}
