"""Every connector we ship, held to the contract that we ask strangers to keep."""

from __future__ import annotations

import pytest

from intake.testing.city import City
from intake.testing.city.rig import city_rig
from intake.testing.connector_suite import connector_contract, pull_all, seen

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


@pytest.mark.parametrize("hours", [6, 25, 100])
def test_the_contract_notices_a_connector_that_forgets(hours):
    """A page whose cursor runs ahead of its items must not pass."""
    with city_rig(corpus("liaocheng-12345"), "liaocheng-12345", hours, page_size=10)() as rig:
        pages = pull_all(rig.connect())
        resumed = pull_all(rig.connect(), pages[1].cursor)
        assert seen(pages[:1]) | seen(resumed) != seen(pages)


def test_a_city_can_be_started_again():
    messages = corpus("liaocheng-12345", count=3)
    for _ in range(2):
        with City(messages) as city:
            assert city.addresses.http.startswith("http://127.0.0.1:")
