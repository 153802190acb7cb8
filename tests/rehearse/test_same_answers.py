"""What is tried is decided as in earnest: the whole demo through both, message by message."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from pipeline_world import Product

from intake.bootstrap import Application
from intake.connect import MalformedItem, Page
from intake.demo import City, load_corpus, settings_for
from intake.model.ids import request_id
from intake.model.standing import Standing
from intake.model.submission import Submission, SubmissionKind
from intake.rehearse.trial import Trial
from intake.settings import build
from intake.store import landing, requests
from intake.store.landing import LandedItem
from intake.store.tables import raw_item

COMPARED = (
    "outcome", "category", "matter_type", "area", "lead", "co", "informed", "via", "lane", "deadlines",
    "confidence", "hold", "rule", "tags", "reasons", "versions", "location", "classification",
)  # fmt: skip


Pieces = list[list[LandedItem]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("earnest")


@pytest.fixture(scope="module")
def city(folder: Path) -> Iterator[Application]:
    """The demo city, pulled whole: its items and its connectors."""
    with City(load_corpus()) as city, _application(folder, "city", settings_for(city)) as app:
        Product(app).pull()
        yield app


def _application(folder: Path, name: str, table: dict[str, Any]) -> Application:
    settings = {
        **table,
        "store": {"url": f"sqlite:///{folder}/{name}.db"},
        "queue": {"url": f"intake-sqlite:///{folder}/{name}-queue.db"},
        "identity": {"key_file": str(folder / "identity.key")},
        "dedupe": {"index": str(folder / f"{name}-index")},
    }
    return Application(build(settings, folder, "the test"))


def _landed(app: Application) -> list[LandedItem]:
    with app.store.read() as connection:
        rows = connection.execute(raw_item.select().order_by(raw_item.c.id)).all()
    return [landing.as_landed(row) for row in rows]


def _pieces(items: list[LandedItem], seed: int | None) -> Pieces:
    """Everything in one piece, or cut at random points."""
    cuts = [] if seed is None else sorted(random.Random(seed).sample(range(1, len(items)), 3))
    borders = [0, *cuts, len(items)]
    return [items[start:end] for start, end in pairwise(borders)]


def _posts(app: Application, items: list[LandedItem]) -> list[Submission]:
    """The posts of the items that can be parsed."""
    found: list[Submission] = []
    for one in items:
        with contextlib.suppress(MalformedItem):
            found += app.connectors[one.item.source].parse(one.item)
    return [part for part in found if part.kind is SubmissionKind.POST]


def _in_earnest(city: Application, app: Application, pieces: Pieces) -> list[Standing]:
    """How each post stands when its piece was processed, by the pipeline on a store of its own."""
    with app.store.write() as connection:
        for one in (one for piece in pieces for one in piece):
            page = Page((one.item,), cursor={})
            landing.land(connection, one.item.source, "board", page, one.item.fetched_at)
    processor = replace(app.processor(), connectors=city.connectors)
    found = []
    for piece in pieces:
        replace(processor, batch=len(piece)).run_once()
        ids = [_id(post) for post in _posts(city, piece)]
        with app.store.read() as connection:
            standings = requests.standings(connection, set(ids))
        found += [standings[one] for one in ids]
    return found


def _tried(city: Application, pieces: Pieces, lines: Sequence[bytes]) -> list[dict[str, Any]]:
    """The answers of ``intake try route`` to the lines, handed over piece by piece."""
    homes = {source.name: source.home_area for source in city.settings.source}
    rest, found = iter(lines), []
    with Trial(city.router_for, None, homes=homes) as trial:
        for piece in pieces:
            own = list(islice(rest, len(_posts(city, piece))))
            found += trial.answers(own, trial.route)
    return found


def _id(post: Submission) -> str:
    return request_id(post.source, post.external_id)


def _line(post: Submission, standing: Standing) -> bytes:
    """The post as somebody would write it for ``intake try``."""
    return json.dumps(
        {
            "id": post.external_id,
            "source": post.source,
            "channel": post.channel,
            "title": post.title,
            "text": post.body,
            "html": post.html,
            "form_area": post.form_area,
            "received_at": standing.request.received_at.isoformat(),
            "contact": post.contact.phone,
            "name": post.contact.name,
            "email": post.contact.email,
            "submitter_unit": post.submitter_unit,
            "matter_type": post.matter_type,
            "answered_on_the_spot": post.answered_on_the_spot,
        },
        ensure_ascii=False,
    ).encode()


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_try_decides_as_the_pipeline_does(
    city: Application, folder: Path, seed: int | None
) -> None:
    pieces = _pieces(_landed(city), seed)
    sources = {"source": [one.model_dump() for one in city.settings.source]}
    with _application(folder, f"piecewise-{seed}", sources) as app:
        standings = _in_earnest(city, app, pieces)
    posts = [post for piece in pieces for post in _posts(city, piece)]
    lines = [_line(post, standing) for post, standing in zip(posts, standings, strict=True)]
    answers = _tried(city, pieces, lines)
    assert len(answers) == len(posts) > 450
    differences = []
    for post, standing, answer in zip(posts, standings, answers, strict=True):
        assert standing.decision is not None
        decided = standing.decision.model_dump(mode="json")
        wanted = {key: decided[key] for key in COMPARED}
        got = {key: answer.get(key) for key in COMPARED}
        if (wanted, standing.request.case_id) != (got, answer.get("case")):
            differences.append((post.source, post.external_id, _unlike(wanted, got)))
    assert not differences, f"{len(differences)} differ: {differences[:3]}"


def _unlike(wanted: dict[str, Any], got: dict[str, Any]) -> dict[str, Any]:
    return {key: (wanted[key], got[key]) for key in wanted if wanted[key] != got[key]}


def test_a_line_of_a_source_repeated_is_a_revision_there_too(tmp_path: Path) -> None:
    with (
        Application(build({}, tmp_path, "the test")) as app,
        Trial(app.router_for, "3715") as trial,
    ):
        first, again = (
            json.dumps({"id": "7", "source": "s", "text": text}).encode()
            for text in ("冠县清泉街道一处井盖丢失", "冠县清泉街道一处井盖丢失,请尽快补上")
        )
        (one,) = trial.answers([first], trial.route)
        (two,) = trial.answers([again], trial.route)
    assert one["case"] == two["case"]
    assert one["lead"] == two["lead"]


def test_the_window_of_the_settings_counts(tmp_path: Path) -> None:
    """Two messages alike, twenty days apart: one matter within a year, two within five days."""
    lines = [
        json.dumps(
            {
                "text": "冠县清泉街道振兴路一处井盖丢失,很危险",
                "received_at": at,
                "contact": "13800001001",
            }
        ).encode()
        for at in ("2026-03-01T09:00", "2026-03-21T09:00")
    ]
    cases = {}
    with Application(build({}, tmp_path, "the test")) as app:
        for days in (365, 5):
            with Trial(app.router_for, "3715", window_days=days) as trial:
                cases[days] = len({one["case"] for one in trial.answers(lines, trial.dedupe)})
    assert cases == {365: 1, 5: 2}
