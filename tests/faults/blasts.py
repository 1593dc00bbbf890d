"""What comes of a document in a render child as the worker starts it, and what that cost."""

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from knowledge.documents import DocumentError
from knowledge.rendering.child import RenderChild, RenderFailed
from knowledge.rendering.result import Rendering

_SAID = re.compile(r'class="[^"]*\bnotice\b|left out|too intricate|characters? (?:are|is) left')


@dataclass(frozen=True)
class Outcome:
    """`code` is "" for what was shown. `peak` is the most memory of the child, in bytes."""

    code: str
    words: str
    seconds: float
    peak: int
    rendering: Rendering | None = None

    @property
    def what(self) -> str:
        """In a few words, for a table."""
        if self.code:
            return f"refused: {self.code}"
        assert self.rendering
        is_part = self.rendering.notices or any(_SAID.search(part) for part in self.rendering.parts)
        return "shown in part, and says so" if is_part else "shown"


def outcome(child: RenderChild, path: str, source: bytes) -> Outcome:
    """Render one document. Whatever the child answers is an outcome; only its own faults are raised."""
    gauge = Gauge(child)
    began = time.monotonic()
    try:
        rendering = child.render(path, source, on_wait=gauge.look, every=0.05)
    except (DocumentError, RenderFailed) as error:
        detail = getattr(error, "detail", "")
        return Outcome(error.code, f"{error.message} {detail}", time.monotonic() - began, gauge.peak)
    seconds = time.monotonic() - began
    gauge.look()
    return Outcome("", "", seconds, gauge.peak, rendering)


class Gauge:
    """The peak of a child's resident memory since the gauge was made."""

    def __init__(self, child: RenderChild) -> None:
        self.child = child
        self.peak = 0
        with suppress(OSError):
            Path(f"/proc/{child.pid}/clear_refs").write_text("5")

    def look(self) -> None:
        with suppress(OSError):
            status = Path(f"/proc/{self.child.pid}/status").read_text()
            if found := re.search(r"VmHWM:\s+(\d+) kB", status):
                self.peak = max(self.peak, int(found[1]) * 1024)
