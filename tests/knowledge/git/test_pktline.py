import pytest

from knowledge.git.pktline import FLUSH, Answer, Request, message, split

OLD, NEW = "1" * 40, "2" * 40


def packet(payload: bytes) -> bytes:
    return f"{len(payload) + 4:04x}".encode() + payload


REPORT = packet(b"unpack ok\n") + packet(b"ok refs/heads/main\n") + packet(b"ng refs/heads/x bad\n") + FLUSH
BANDED = packet(b"\x02Resolving deltas\r") + b"0005\x01" + packet(b"\x01" + REPORT) + FLUSH
PLAIN = REPORT


def in_pieces(stream: bytes, size: int) -> list[bytes]:
    return [stream[at : at + size] for at in range(0, len(stream), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64, 10_000])
def test_an_answer_passes_unchanged_but_for_lines_before_its_end(size: int) -> None:
    answer = Answer()
    sent = b"".join(answer.pass_on(piece) for piece in in_pieces(BANDED, size))
    assert sent == BANDED.removesuffix(FLUSH)
    assert answer.takes_messages
    assert answer.accepted == {"refs/heads/main"}
    assert sent + answer.end() == BANDED


@pytest.mark.parametrize("size", [1, 3, 10_000])
def test_a_client_without_side_band_gets_its_report_and_nothing_else(size: int) -> None:
    answer = Answer()
    sent = b"".join(answer.pass_on(piece) for piece in in_pieces(PLAIN, size))
    assert not answer.takes_messages
    assert answer.accepted == set()
    assert sent + answer.end() == PLAIN


@pytest.mark.parametrize(
    "stream", [b"", b"00", FLUSH, BANDED[:-9], BANDED[:-2], b"<html>Sorry</html>", b"0003"]
)
def test_whatever_git_says_arrives_whole(stream: bytes) -> None:
    for size in (1, 4, 1000):
        answer = Answer()
        sent = b"".join(answer.pass_on(piece) for piece in in_pieces(stream, size))
        assert sent + answer.end() == stream
        assert not answer.takes_messages


def test_an_answer_cut_in_its_middle_takes_no_messages() -> None:
    answer = Answer()
    answer.pass_on(BANDED[:-1])
    assert not answer.takes_messages


def test_a_flush_in_the_middle_is_not_the_end() -> None:
    answer = Answer()
    assert answer.pass_on(FLUSH + packet(b"\x02more") + FLUSH) == FLUSH + packet(b"\x02more")
    assert answer.end() == FLUSH


def test_a_message_is_one_packet_that_old_clients_can_take() -> None:
    assert message("hello") == b"000b\x02hello\n"
    assert len(message("ü" * 5000)) <= 1000
    message("ü" * 5000)[5:].decode()


@pytest.mark.parametrize("size", [1, 3, 50, 100_000])
def test_a_request_tells_what_it_moves_and_ignores_the_pack(size: int) -> None:
    request = Request()
    stream = (
        packet(f"{OLD} {NEW} refs/heads/main\0 report-status side-band-64k".encode())
        + packet(f"{'0' * 40} {NEW} refs/tags/ä b".encode())
        + FLUSH
        + b"PACK\0\0\0\2"
        + packet(f"{OLD} {NEW} refs/heads/not-this".encode()) * 9
    )
    for piece in in_pieces(stream, size):
        request.see(piece)
    assert request.moves == {"refs/heads/main": NEW, "refs/tags/ä b": NEW}


def test_a_request_that_is_none_of_gits_moves_nothing() -> None:
    request = Request()
    for piece in (b"GET / HTTP/1.1", b"0000", packet(f"{OLD} {NEW} refs/heads/main".encode())):
        request.see(piece)
    assert request.moves == {}


def test_shallow_lines_move_nothing() -> None:
    request = Request()
    request.see(packet(f"shallow {OLD}".encode()) + packet(f"{OLD} {NEW} refs/heads/main\0".encode()) + FLUSH)
    assert request.moves == {"refs/heads/main": NEW}


def test_what_is_no_packet_is_an_error() -> None:
    with pytest.raises(ValueError):
        split(b"zzzz")
