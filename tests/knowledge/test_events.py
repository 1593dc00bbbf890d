"""The table of what people are told of holds together."""

import pytest

from knowledge import events


@pytest.mark.parametrize("event", events.EVENTS)
def test_every_event_has_a_group_and_words(event: str) -> None:
    assert events.EVENTS[event].group in events.GROUPS
    said = events.sentence(event, actor="Alice", title="Late on Mondays")
    assert "Late on Mondays" in said
    assert "{" not in said


@pytest.mark.parametrize("group", events.GROUPS)
def test_every_group_has_events_and_a_channel(group: str) -> None:
    assert events.GROUPS[group].channel in events.CHANNELS
    assert any(event.group == group for event in events.EVENTS.values())


def test_what_nobody_did_is_said_of_someone() -> None:
    assert events.sentence("post.updated", actor="", title="T") == "Someone updated T"


def test_what_waits_for_a_person_is_mailed_at_once() -> None:
    waiting = [event for event, it in events.EVENTS.items() if it.asks]
    assert {events.default_channel(event) for event in waiting} == {"mail_now"}


def test_reasons_read_on() -> None:
    assert events.because("subscribed-tag", "pricing") == "you follow the tag pricing"
    assert all(events.because(reason, "Growth").startswith(("you ", "this ")) for reason in events.REASONS)
