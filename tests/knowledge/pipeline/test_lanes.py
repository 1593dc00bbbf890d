"""Slow documents and the others."""

from threading import Thread

from knowledge.pipeline.lanes import CORES, SLOW_PLACES, THREADS, FastPlace, SlowLane


def test_there_are_threads_left_when_all_places_for_slow_documents_are_taken() -> None:
    assert THREADS - SLOW_PLACES >= 4


def test_the_first_find_a_place_and_the_rest_wait_in_line() -> None:
    lane = SlowLane(places=2)
    assert [lane.enter(each) for each in (1, 2, 3, 4)] == [True, True, False, False]
    assert lane.leave(1) == 3
    assert lane.leave(2) == 4


def test_a_place_that_was_given_on_is_not_taken_by_others() -> None:
    lane = SlowLane(places=1)
    lane.enter(1)
    lane.enter(2)
    lane.leave(1)
    assert not lane.enter(3)
    assert lane.enter(2)


def test_one_without_a_place_gives_none_up() -> None:
    lane = SlowLane(places=1)
    lane.enter(1)
    assert lane.leave(7) is None
    assert not lane.enter(2)


def test_asking_twice_takes_one_place_in_line() -> None:
    lane = SlowLane(places=1)
    for each in (1, 2, 2):
        lane.enter(each)
    assert lane.leave(1) == 2
    assert lane.leave(2) is None
    assert lane.enter(3)


def test_one_in_line_is_known_to_wait_until_its_turn() -> None:
    lane = SlowLane(places=1)
    for each in (1, 2):
        lane.enter(each)
    assert [lane.is_waiting(1), lane.is_waiting(2)] == [False, True]
    lane.leave(1)
    assert not lane.is_waiting(2)


def test_a_place_kept_for_one_that_is_done_elsewhere_goes_on_to_the_next() -> None:
    lane = SlowLane(places=1)
    for each in (1, 2, 3):
        lane.enter(each)
    assert lane.leave(1) == 2
    assert lane.decline(2) == 3
    assert lane.enter(3)
    assert lane.decline(3) is None
    assert not lane.enter(4)


def test_as_many_as_there_are_cores_are_drawn_at_a_time_and_a_slow_one_makes_room() -> None:
    places = [FastPlace() for _ in range(CORES)]
    for place in places:
        place.__enter__()
    late = FastPlace()
    waiting = Thread(target=late.__enter__)
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()
    places[0].leave()
    waiting.join(5)
    assert not waiting.is_alive()
    for place in [late, *places]:
        place.leave()
