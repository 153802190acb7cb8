"""The classify stage, with the bundle that ships and with bundles broken on purpose."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from intake.errors import ConfigurationError
from intake.model.submission import MatterType
from intake.understand.classify import MANIFEST, BundleClassifier, BundleManifest, load_bundle
from intake.understand.classify.enumeration import split_matters
from intake.understand.classify.features import grams
from intake.understand.classify.linear import LinearEngine
from intake.understand.classify.protocol import bag_of
from intake.understand.matter_type import guess_matter_type

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "models" / "intake_models" / "classifier"
SENTENCES = Path(__file__).with_name("category_sentences.tsv")


@pytest.fixture(scope="module")
def classifier() -> BundleClassifier:
    return load_bundle(SHIPPED)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "bundle"))


def sentences() -> list[tuple[str, str]]:
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [(code, text) for code, text in (line.split("\t") for line in lines)]


def with_thresholds(classifier: BundleClassifier, **limits: float) -> BundleClassifier:
    thresholds = classifier.manifest.thresholds.model_copy(update={"per_category": {}, **limits})
    manifest = classifier.manifest.model_copy(update={"thresholds": thresholds})
    return BundleClassifier(classifier._engines, manifest)


def edit(bundle: Path, **changes: object) -> None:
    manifest = json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))
    (bundle / MANIFEST).write_text(json.dumps(manifest | changes), encoding="utf-8")


class TestLoading:
    def test_version_names_the_content(self, classifier: BundleClassifier) -> None:
        assert re.fullmatch(r"[a-z-]+@[0-9a-f]{12}", classifier.version)
        other = classifier.manifest.engines[0].model_copy(update={"sha256": "0" * 64})
        changed = classifier.manifest.model_copy(update={"engines": (other,)})
        assert changed.version != classifier.version

    def test_no_bundle_names_the_directory(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match=re.escape(str(tmp_path))):
            load_bundle(tmp_path)

    def test_missing_engine(self, copy: Path, classifier: BundleClassifier) -> None:
        file = classifier.manifest.engines[0].file
        (copy / file).unlink()
        with pytest.raises(ConfigurationError, match=rf"{re.escape(file)} is missing"):
            load_bundle(copy)

    def test_one_changed_byte_is_noticed(self, copy: Path, classifier: BundleClassifier) -> None:
        file = copy / classifier.manifest.engines[-1].file
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(content)
        with pytest.raises(ConfigurationError, match="SHA-256 differs"):
            load_bundle(copy)

    def test_a_file_that_is_no_engine(self, copy: Path, classifier: BundleClassifier) -> None:
        part = classifier.manifest.engines[0]
        (copy / part.file).write_bytes(b"no model")
        digest = hashlib.sha256(b"no model").hexdigest()
        edit(copy, engines=[part.model_dump() | {"sha256": digest}])
        with pytest.raises(ConfigurationError, match=f"is no {part.kind} engine"):
            load_bundle(copy)

    @pytest.mark.parametrize("content", ["", "{", "[]", "{}", "\x00\x01"])
    def test_unreadable_manifest(self, copy: Path, content: str) -> None:
        (copy / MANIFEST).write_text(content, encoding="utf-8")
        with pytest.raises(ConfigurationError, match=r"bundle\.json cannot be read"):
            load_bundle(copy)

    def test_bundle_of_another_format(self, copy: Path) -> None:
        edit(copy, format="spaced-chars/1")
        with pytest.raises(ConfigurationError, match="spaced-chars/1"):
            load_bundle(copy)

    def test_labels_must_be_as_many_as_the_engines(
        self, copy: Path, classifier: BundleClassifier
    ) -> None:
        edit(copy, labels=classifier.manifest.labels[:-1], parents=[])
        with pytest.raises(ConfigurationError, match="labels differ"):
            load_bundle(copy)


class TestAnswers:
    @pytest.mark.parametrize(
        "text", ["", " ", "\n\n", "12345 !!", "。。。", "😀", "\x00\x07\ufffd"]
    )
    def test_abstains_when_there_is_nothing_to_read(
        self, classifier: BundleClassifier, text: str
    ) -> None:
        found = classifier.classify("", text)
        assert (found.category, found.auto, found.confidence, found.top) == (None, False, 0.0, ())

    @pytest.mark.parametrize(
        "text",
        [
            "路灯\n不亮\r\n\n已经\u2028半月",
            "__label__0104 停水",
            "水" * 300_000,
            "\x00停水\ud800停电",
            "no water",
        ],
        ids=["newlines", "label", "huge", "binary", "latin"],
    )
    def test_never_raises_and_keeps_confidences_in_range(
        self, classifier: BundleClassifier, text: str
    ) -> None:
        found = classifier.classify(text, text)
        assert 0 <= found.confidence <= 1
        assert all(0 <= score.confidence <= 1 for score in found.top)
        assert found.top == tuple(sorted(found.top, key=lambda score: -score.confidence))

    def test_same_text_same_answer(self, classifier: BundleClassifier) -> None:
        again = load_bundle(SHIPPED)
        for _, text in sentences()[:20]:
            first = classifier.classify("", text)
            assert first == classifier.classify("", text) == again.classify("", text)

    def test_place_names_do_not_decide(self, classifier: BundleClassifier) -> None:
        one = classifier.classify("", "云岭镇的路灯不亮")
        assert one == classifier.classify("", "青石镇的路灯不亮")

    def test_auto_needs_the_threshold(self, classifier: BundleClassifier) -> None:
        text = "自来水停了三天，自来水公司没人管"
        found = classifier.classify("", text)
        assert (found.category, found.auto) == ("0401", True)
        assert not with_thresholds(classifier, auto=1.0).classify("", text).auto

    def test_a_leaf_may_ask_for_more(self, classifier: BundleClassifier) -> None:
        text = "自来水停了三天，自来水公司没人管"
        strict = with_thresholds(classifier, auto=0.5, per_category={"0401": 1.0})
        assert not strict.classify("", text).auto

    def test_parent_when_only_the_parent_is_sure(self, classifier: BundleClassifier) -> None:
        text = "在外地医院住院，养老保险和医保怎么办"
        sure = with_thresholds(classifier, auto=1.0, parent=0.0).classify("", text)
        assert sure.category is not None
        assert len(sure.category) == 2
        assert not sure.auto
        inside = [s.confidence for s in sure.top if s.category.startswith(sure.category)]
        assert sure.confidence >= sum(inside) - 1e-9
        unsure = with_thresholds(classifier, auto=1.0, parent=1.0).classify("", text)
        assert unsure.category == unsure.top[0].category

    def test_several_matters(self, classifier: BundleClassifier) -> None:
        two = "一、小区路灯坏了半个月没人修；二、公司拖欠我们工资三个月。"
        assert classifier.classify("", two).several

    @pytest.mark.parametrize(
        "text",
        [
            "自来水停了三天，自来水公司没人管",
            "一、停水三天没有水用；二、自来水公司电话打不通，水压一直低。",
        ],
    )
    def test_one_matter(self, classifier: BundleClassifier, text: str) -> None:
        assert not classifier.classify("", text).several

    def test_one_sentence_a_leaf(self, classifier: BundleClassifier) -> None:
        """A floor: plain cases, one for every leaf, must be understood."""
        asked = sentences()
        assert {code for code, _ in asked} == set(classifier.manifest.labels)
        top = [[s.category for s in classifier.classify("", text).top] for _, text in asked]
        first = sum(found[0] == code for (code, _), found in zip(asked, top, strict=True))
        third = sum(code in found[:3] for (code, _), found in zip(asked, top, strict=True))
        assert first / len(asked) >= 0.8
        assert third / len(asked) >= 0.95


class TestExplaining:
    def test_words_are_in_the_text(self, classifier: BundleClassifier) -> None:
        text = "我们小区的电梯三天两头坏，昨天又困人半小时"
        words = classifier.explain("电梯困人", text, "1406")
        assert any("电梯" in word for word in words)
        assert all(word in f"电梯困人。{text}" for word in words)

    def test_nothing_speaks_for_a_strange_category(self, classifier: BundleClassifier) -> None:
        assert not any("电梯" in w for w in classifier.explain("", "电梯困人", "0905"))
        assert classifier.explain("", "", "1406") == ()
        assert classifier.explain("", "电梯困人", "no such") == ()

    def test_a_parent_can_be_explained(self, classifier: BundleClassifier) -> None:
        assert classifier.explain("", "自来水停了三天没有水用", "04")

    @pytest.mark.parametrize("text", ["路灯不亮", "自来水停了三天，自来水公司没人管"])
    def test_linear_contributions_are_the_whole_score(
        self, classifier: BundleClassifier, text: str
    ) -> None:
        engine = next(e for e in classifier._engines if isinstance(e, LinearEngine))
        bag = bag_of(grams("", text, classifier.manifest.reading))
        added = engine.contributions(bag).sum(axis=0) + engine.bias
        assert added == pytest.approx(engine.scores(bag), abs=1e-4)


def test_counted_matters_are_split() -> None:
    assert split_matters("一、水管爆裂；二、拖欠工资") == ["", "水管爆裂", "", "拖欠工资"]
    assert split_matters("水管爆裂三天没人修") == ["水管爆裂三天没人修"]


def test_manifest_survives_a_round_trip() -> None:
    manifest = BundleManifest.model_validate_json((SHIPPED / MANIFEST).read_bytes())
    assert BundleManifest.model_validate_json(manifest.model_dump_json()) == manifest


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("请问公积金怎么提取", MatterType.CONSULTATION),
        ("举报黑诊所", MatterType.REPORT),
        ("建议增设公交站", MatterType.SUGGESTION),
        ("感谢社区民警", MatterType.PRAISE),
        ("物业乱收费", MatterType.COMPLAINT),
        ("", None),
    ],
)
def test_matter_type(title: str, expected: MatterType | None) -> None:
    assert guess_matter_type(title, "") == expected
