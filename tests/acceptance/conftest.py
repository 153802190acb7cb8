"""The whole corpus, once, for all stories."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from stories_world import Played, run

from intake.bootstrap import Application
from intake.demo import City, load_corpus, settings_for
from intake.settings import build

LONGEST_STORY_HOURS = 24 * 120


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder: Path = tmp_path_factory.mktemp("acceptance")
    corpus = load_corpus()
    with City(corpus) as city:
        app = Application(build({**settings_for(city)}, folder, "the acceptance test"))
        with app:
            product = Played(app, city, {message.key: message for message in corpus})
            run(app)
            city.advance(LONGEST_STORY_HOURS)
            run(app)
            yield product
