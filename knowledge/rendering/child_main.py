"""What runs inside a render child: one request after another, until its standard input ends."""

import ctypes
import gc
import importlib
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, BinaryIO

from knowledge.documents import DocumentError
from knowledge.rendering import wire

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CPU_HEADROOM = 5
_LARGE = 2_000_000


def main() -> None:
    """Arguments: bytes of memory, seconds of processor time for one document, the parent's process id."""
    memory, seconds, parent = (int(argument) for argument in sys.argv[1:4])
    serve(memory, seconds, parent=parent)


def import_everything() -> None:
    """What a render needs: before the first request, and before memory is capped."""
    importlib.import_module("knowledge.rendering.renderer")


def _comparing(head: dict[str, Any], blobs: list[bytes]) -> bytes:
    """What differs between two documents. That is another layer's work, which only lives here."""
    answer: bytes = importlib.import_module("knowledge.diffing.work").answer(head, blobs)
    return answer


def serve(memory: int, seconds: int, *, parent: int) -> None:
    """Answer what comes in at descriptor 0 at descriptor 1, until it ends."""
    die_with(parent)
    requests, answers = _private_pipes()
    import_everything()
    from knowledge.rendering.cache import CellCache
    from knowledge.rendering.renderer import render

    _confine(memory)
    cache = CellCache()
    while True:
        try:
            head, blobs = wire.receive(_exactly(requests))
        except EOFError:
            return
        _allow_processor_time(seconds)
        if "paths" in head:
            answers.write(_answer(partial(_comparing, head, blobs)))
        else:
            answers.write(_answer(lambda: wire.pack_rendering(render(head["path"], blobs[0], cache=cache))))  # noqa: B023
        answers.flush()
        if len(blobs[0]) > _LARGE:
            del head, blobs
            _give_memory_back()


def _answer(work: Callable[[], bytes]) -> bytes:
    """The message with the result, or why there is none. Whatever happens, the child stays in order."""
    try:
        return work()
    except DocumentError as error:
        fields = {"code": error.code, "message": error.message, "hint": error.hint, "line": error.line}
        return wire.encode({"ok": False, "document": fields}, [])
    except MemoryError:
        return wire.encode({"ok": False, "crash": "memory", "detail": ""}, [])
    except RecursionError:
        return wire.encode({"ok": False, "crash": "depth", "detail": ""}, [])
    except Exception as error:  # noqa: BLE001 (a fault of ours; the parent reports it)
        detail = f"{type(error).__name__}: {error}"[:500].encode(errors="replace").decode()
        return wire.encode({"ok": False, "crash": "bug", "detail": detail}, [])


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes, moved away from where a stray `print` or `input` of a library would use them."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return requests, answers


def _exactly(pipe: BinaryIO) -> wire.Read:
    def read(size: int) -> bytes:
        data = pipe.read(size)
        if len(data) < size:
            raise EOFError
        return data

    return read


def die_with(parent: int) -> None:
    """No child outlives its worker, even one that was killed with -9 while this one was busy."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent is gone")


def _confine(memory: int) -> None:
    """Memory capped; no core files, no files beyond a line of complaint, few descriptors."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _give_memory_back() -> None:
    """What a large document took, to the system: the C library would keep it for the next one."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)


def _allow_processor_time(seconds: int) -> None:
    """One document's share on top of what was used so far: the kernel's stop, should the parent's fail."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(usage.ru_utime + usage.ru_stime) + seconds + _CPU_HEADROOM
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
