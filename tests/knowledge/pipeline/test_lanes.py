"""Places for drawing, in one worker."""

from knowledge.pipeline.lanes import CORES, FAST, SLOW_PLACES, THREADS, Lane, Place


def test_there_are_threads_left_for_taking_in_pushes_when_all_places_are_taken() -> None:
    assert THREADS - SLOW_PLACES - CORES >= 2


def test_a_lane_has_so_many_places_and_one_that_is_left_is_free_again() -> None:
    lane = Lane(2)
    assert [lane.enter() for _ in range(3)] == [True, True, False]
    lane.leave()
    assert [lane.enter() for _ in range(2)] == [True, False]


def test_who_came_in_vain_has_the_next_to_leave_look_again_once() -> None:
    lane = Lane(2)
    for _ in range(3):
        lane.enter()
    assert [lane.leave(), lane.leave()] == [True, False]


def test_where_nobody_came_nobody_has_to_look_again() -> None:
    lane = Lane(1)
    lane.enter()
    assert not lane.leave()


def test_one_who_changes_lanes_leaves_a_place_free_and_takes_one() -> None:
    fast, slow = Lane(1), Lane(1)
    fast.enter()
    place = Place(fast)
    assert place.change(slow)
    assert place.lane is slow
    assert fast.enter()
    assert not slow.enter()


def test_one_who_finds_no_place_in_the_other_lane_keeps_its_own() -> None:
    fast, slow = Lane(1), Lane(0)
    fast.enter()
    place = Place(fast)
    assert not place.change(slow)
    assert place.lane is fast
    assert not fast.enter()


def test_as_many_ordinary_documents_are_drawn_at_a_time_as_there_are_cores() -> None:
    assert [FAST.enter() for _ in range(CORES + 1)] == [True] * CORES + [False]
    for _ in range(CORES):
        FAST.leave()
