"""Names, numbers and faults read from text without punctuation."""

from __future__ import annotations

import pytest

from intake.relate.matter import plain, read_matter, same_name, shared_names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我是锦湖花园小区的业主", "estate:锦湖花园"),
        ("投诉锦湖小区二期物业", "estate:锦湖"),
        ("家住石佛镇白杨村", "village:白杨村"),
        ("反映育才小学门口", "school:育才小学"),
        ("新河大道路面有坑", "road:新河大道"),
        ("举报远达建材公司偷排", "body:远达建材公司"),
        ("家住云栖里12号楼", "estate:云栖里"),  # no ending, but a building's number
        ("柳园街道纺织厂那个老宿舍", "estate:纺织厂宿舍"),
        ("湖西街道向阳小区", "estate:向阳"),  # 向 is no preposition here
        ("住在曙光里老旧小区", "estate:曙光里"),
    ],
)
def test_names_are_found_by_their_ending(text: str, name: str) -> None:
    assert name in read_matter("", text).names


@pytest.mark.parametrize(
    "text", ["农村的路灯和路面", "附近小区的居民", "全村村民", "小学生上学的道路", ""]
)
def test_common_words_are_no_names(text: str) -> None:
    assert read_matter("", text).names == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("estate:锦湖新城", "estate:锦湖新城", True),
        ("estate:锦湖新城", "estate:锦湖", True),
        ("estate:处锦湖新城", "estate:锦湖新城", True),  # noise at the left edge
        ("estate:锦湖花园", "estate:锦湖家园", False),
        ("estate:锦湖", "school:锦湖", False),
        ("school:第一小学", "school:第二小学", False),
        ("village:石佛村", "village:石桥村", False),
    ],
)
def test_same_name(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same
    assert same_name(other, one) is same
    assert bool(shared_names((one,), (other,))) is same


def test_numbers_are_read_with_their_unit() -> None:
    numbers = read_matter("", plain("3号楼、十二栋,坐17路公交车,欠2.5万元,住了3年,找了5次")).numbers
    assert set(numbers) == {"栋:3", "栋:12", "公交:17", "万元:25"}


def test_faults_have_one_name_for_many_words() -> None:
    one = read_matter("", "混凝土厂整夜吵闹").faults
    other = read_matter("", "搅拌站噪音").faults
    assert one == other == ("搅拌站", "~噪音")


def test_what_it_is_not_is_no_fault() -> None:
    assert read_matter("", plain("不是停电,是电梯坏了")).faults == ("电梯",)
    assert read_matter("", plain("又停电,电梯坏了")).faults == ("停电", "电梯")
