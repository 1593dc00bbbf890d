"""What runs inside a nursery: it imports what rendering needs, and then forks whenever it is asked to."""

import gc
import os
import socket
import sys

from knowledge.rendering import child_main
from knowledge.rendering.nursery import ANSWER, MESSAGE


def main() -> None:
    """Arguments: the descriptor of the line to the parent, and the parent's process id."""
    line, parent = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])
    child_main.die_with(parent)
    child_main.import_everything()
    gc.collect()
    gc.freeze()  # what is here now stays in memory that all children share
    while True:
        words, descriptors, _, _ = socket.recv_fds(line, MESSAGE, 3)
        if len(words) < MESSAGE:
            return
        verb, *numbers = words.decode().split()
        if verb == "fork":
            answer = _fork(line, descriptors, *map(int, numbers))
        else:
            answer = os.waitstatus_to_exitcode(os.waitpid(int(numbers[0]), 0)[1])
        line.sendall(ANSWER.pack(answer))


def _fork(line: socket.socket, descriptors: list[int], memory: int, seconds: int) -> int:
    """The child's process id. The child itself never returns."""
    nursery = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            line.close()
            for number, descriptor in enumerate(descriptors):
                os.dup2(descriptor, number)
                os.close(descriptor)
            child_main.serve(memory, seconds, parent=nursery)
        except BaseException:  # noqa: BLE001 (as an interpreter would: say it, and end)
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    for descriptor in descriptors:
        os.close(descriptor)
    return pid
