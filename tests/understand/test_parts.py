"""Several matters in one message: told by the units that its counted parts would go to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import partial

import pytest

from intake.bootstrap import build_router
from intake.catalogue import Catalogue, Query, RuleFinding
from intake.catalogue.taxonomy import Taxonomy
from intake.model.decision import CategoryScore, Classification
from intake.rehearse.trial import Trial
from intake.settings import MODELS, ModelSettings
from intake.understand.classify import Classifier, load_bundle
from intake.understand.parts import OtherMatter, other_matters, read_parts

TAXONOMY = Taxonomy.load(MODELS / "taxonomy" / "taxonomy.csv")


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return load_bundle(MODELS / "classifier")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(MODELS / "catalogue")


def find(catalogue: Catalogue, category: str) -> RuleFinding | None:
    return catalogue.look_up(Query("371525", category, None, frozenset(), date(2026, 3, 2)))


def part(**scores: float) -> Classification:
    top = tuple(CategoryScore(category=c[1:], confidence=p) for c, p in scores.items())
    return Classification(category=top[0].category, confidence=top[0].confidence, top=top)


def others(catalogue: Catalogue, *parts: Classification, of: str) -> tuple[OtherMatter, ...]:
    main = find(catalogue, of)
    assert main is not None
    return other_matters(parts, of, main.lead, partial(find, catalogue), TAXONOMY)


def parts_of(classifier: Classifier, text: str) -> tuple[Classification, ...]:
    return read_parts(classifier, [text])[0]


def test_a_text_that_counts_nothing_is_not_read_again(classifier: Classifier) -> None:
    assert parts_of(classifier, "我们小区的路灯坏了半个月，晚上看不见路，请派人来修。") == ()


def test_counted_parts_are_read_alone(classifier: Classifier) -> None:
    parts = parts_of(classifier, "一、小区路灯坏了半个月没人修；二、公司拖欠我们工资三个月。")
    assert [part.category for part in parts] == ["0104", "1201"]


def test_a_part_of_another_unit_is_another_matter(catalogue: Catalogue) -> None:
    (other,) = others(catalogue, part(c0302=0.9), part(c1405=0.8), of="0302")
    assert (other.category, other.unit.kind) == ("1405", "SJ")


def test_categories_of_one_unit_add_up(catalogue: Catalogue) -> None:
    assert others(catalogue, part(c0302=0.9), part(c1405=0.4, c1403=0.35), of="0302")
    assert not others(catalogue, part(c0302=0.9), part(c1405=0.4, c1001=0.35), of="0302")


def test_what_one_unit_handles_is_one_matter(catalogue: Catalogue) -> None:
    assert not others(catalogue, part(c1403=0.9), part(c1405=0.9), of="1403")


@pytest.mark.parametrize("aside", ["c2001", "c1802", "c1805"])
def test_words_about_the_request_are_no_matter(catalogue: Catalogue, aside: str) -> None:
    assert not others(catalogue, part(c0302=0.9), part(**{aside: 0.99}), of="0302")


SEVERAL = (
    "和平小区有三件事：一是路灯坏了没人修；二是楼下烧烤店油烟太大；三是物业费涨价没公示。",
    "我村自来水管坏了十几天没水喝。另外村口变压器老是跳闸，灌溉用不上电。",
    "1、滨河路井盖丢了两个；2、滨河小学校车超载；3、农贸市场卖病死猪肉。",
    "请问低保怎么申请？还有就是我家门口的公交站撤了，老人出行不方便。",
    "城东公厕脏得进不去；公园健身器材全锈断了；广场舞吵到十一点。请逐项解决。",
    "第一，我们小区电梯经常困人。第二，隔壁工地夜里两点还在打桩。",
    "冠县振兴路施工围挡一年多没人干活，路堵得厉害，另外路边的垃圾也没人清。",
)
ONE = (
    "我家的问题有三点：一、开发商延期交房一年；二、合同约定的违约金不给；三、打电话不接。请住建局督促开发商。",
    "关于拖欠工资的经过：1、2023年3月入职；2、5月开始不发工资；3、7月被辞退。要求发还工资。",
    "小区供暖不热，一是温度只有14度，二是暖气片漏水，三是投诉热力公司没人来。",
    "诉求：1、拆除楼顶违建；2、对当事人处罚；3、书面答复我。",
    "驾校收了我四千块；半年不安排练车；现在说要加钱。请问能不能退费？",
    "孩子在学校被打，老师不管；学校让私了；对方家长态度恶劣。请教育局处理。",
    "高速路边噪音大，希望装隔音屏。另外，隔音屏最好做高一点，二楼也能受益。",
    "养猪场臭气熏天，粪水排到河里，鱼都死了，村民不敢开窗。",
)


@pytest.fixture(scope="module")
def trial() -> Iterator[Trial]:
    with Trial(lambda homes: build_router(ModelSettings(), homes), "371525") as made:
        yield made


@pytest.mark.parametrize(
    ("text", "several"), [*((t, True) for t in SEVERAL), *((t, False) for t in ONE)]
)
def test_several_matters_are_told_from_one_told_in_points(
    trial: Trial, text: str, several: bool
) -> None:
    (answer,) = trial.answers([json.dumps({"text": text}).encode()], trial.route)
    said = any(reason["code"] == "several_matters" for reason in answer["reasons"])
    assert said == several
