"""What was exchanged between two copies, and what was only said in other words."""

from __future__ import annotations

import pytest

from intake.messages import Message
from intake.relate.matter import plain
from intake.relate.swaps import changes_between, find_swap

ROOF = "住在{0}顶楼,去年做过防水,今年一下雨卧室还是滴水,拿盆接着,物业和施工队互相推,{0}的住户都盼着有人来修"
ROAD = "{0}从桥头到学校这一段没有路灯,晚上下自习的孩子摸黑走,上个月有人摔进沟里"


def swap(one: str, other: str, *, same_person: bool = False) -> Message | None:
    a, b = plain(one), plain(other)
    return find_swap(a, b, changes_between(a, b), same_person=same_person)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("锦湖花园", "翠微花园"),
        ("保利林语", "万科金域"),  # no ending says that these are estates
        ("塔水村", "塔山村"),
        ("和平路宿舍", "太平路宿舍"),
        ("A3区龙湾", "C7区龙湾"),  # places hidden behind letters
        ("7号楼", "12号楼"),
        ("七栋", "8栋"),
        ("龙湾B2栋", "龙湾B12栋"),
        ("龙湾一期", "龙湾二期"),
    ],
)
def test_another_name_or_number_is_found(one: str, other: str) -> None:
    assert swap(ROOF.format(one), ROOF.format(other))
    assert swap(ROOF.format(other), ROOF.format(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("河东街", "永和街"),
        ("永丰镇", "兰台镇"),
        ("7社", "9社"),
        ("恒大绿洲", "恒大名都"),
        ("天健一平方", "八方"),
    ],
)
def test_even_if_it_stands_but_once(one: str, other: str) -> None:
    assert swap(ROAD.format(one), ROAD.format(other))


def test_what_is_exchanged_each_time_is_meant_in_a_text_told_anew() -> None:
    told = (
        ROOF.format("万科金域")
        .replace("去年", "前年").replace("下雨", "落雨").replace("卧室", "客厅").replace("滴水", "漏水")
        .replace("拿盆", "用桶").replace("物业", "社区").replace("盼着", "等着")
    )  # fmt: skip
    assert swap(ROOF.format("保利林语"), told)
    assert swap(ROOF.format("万科金域"), told) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("去年", "前年"),
        ("卧室", "厨房"),
        ("互相推", "互相踢皮球"),
        ("有人来修", "有人维修"),
        ("拿盆接着", "没有办法"),  # one of them belongs to the sentence
        ("龙湾", "湾龙"),  # letters transposed
        ("住在龙湾", "尊敬的张书记,我住在龙湾"),
        ("去年", "2024年"),
        ("去年", "3个月前"),
    ],
)
def test_other_words_are_no_other_name(old: str, new: str) -> None:
    told = ROOF.format("龙湾")
    assert old in told
    assert swap(told, told.replace(old, new)) is None


def test_a_count_or_a_date_moves_between_two_letters_about_one_matter() -> None:
    one, other = "3月5日打过电话,已经漏了12天,有60户", "3月9日打过电话,已经漏了16天,有75户"
    assert swap(ROOF.format("龙湾") + one, ROOF.format("龙湾") + other) is None


def test_sentences_in_another_order_exchange_nothing() -> None:
    first, second = "锦湖花园三栋的电梯停了两天", "翠微花园五栋的水管爆了没有人修"
    assert swap(f"{first},{second},请一起处理", f"{second},{first},请一起处理") is None


def test_a_person_corrects_what_was_written_before() -> None:
    one, other = ROAD.format("金茂路"), ROAD.format("金贸路")
    assert swap(one, other, same_person=True) is None
    assert swap(one, other) is not None


def test_of_a_number_or_a_hidden_name_the_whole_is_meant() -> None:
    (change,) = changes_between("住在22栋", "住在28栋")
    assert (change.old, change.new, change.after) == ("22", "28", "栋")
    (change,) = changes_between("位于a3区", "位于a9区")
    assert (change.old, change.new) == ("a3", "a9")
