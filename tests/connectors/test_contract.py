"""Every connector we ship, held to the contract that we ask strangers to keep."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.demo import City
from intake.demo.rig import city_rig
from intake.testing.connectors import ConnectorContract, Rig, connector_contract, pull_all, seen

from .small_town import corpus


def _rig(source, **options):
    return city_rig(corpus(source), source, **options)


TestHotline = connector_contract(_rig("liaocheng-12345", page_size=10))
TestHotlineWithItsOwnNames = connector_contract(_rig("jilin-96118", page_size=10))
TestOutreach = connector_contract(_rig("liaocheng-outreach", page_size=10))
TestMailbox = connector_contract(_rig("chenzhou-mailbox", page_size=10))
TestMailboxInUtf8 = connector_contract(_rig("jilin-mailbox", page_size=10))
TestBoard = connector_contract(_rig("chenzhou-board"))
TestBoardOfTheOtherKind = connector_contract(_rig("lvliang-board"))
TestFolder = connector_contract(_rig("liaocheng-outreach-files", page_size=10))


class _Forgetful:
    """A connector whose cursor runs ahead of its items by one page."""

    def __init__(self, inner):
        self._inner = inner

    def pull(self, cursor):
        page = self._inner.pull(cursor)
        if not page.more:
            return page
        skipped = self._inner.pull(page.cursor)
        return replace(page, cursor=skipped.cursor, more=skipped.more)


def test_the_contract_notices_a_connector_that_forgets():
    with city_rig(corpus("liaocheng-12345"), "liaocheng-12345", page_size=10)() as rig:
        forgetful = Rig(lambda: _Forgetful(rig.connect()))
        assert seen(pull_all(forgetful.connect())) < seen(pull_all(rig.connect()))
        with pytest.raises(AssertionError):
            ConnectorContract().test_nothing_is_lost_from_any_cursor(forgetful)


def test_a_city_can_be_started_again():
    messages = corpus("liaocheng-12345", count=3)
    for _ in range(2):
        with City(messages) as city:
            assert city.addresses.http.startswith("http://127.0.0.1:")
