"""Sound and film as the browser's own players, in a frame."""

import re

from knowledge.rendering import frames
from knowledge.rendering.output import Output

TYPES = re.compile(r"(audio|video)/[\w.+-]{1,60}")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]{8,}")
_BAR, _SCREEN = 70, 420  # CSS pixels


def player(output: Output, mime: str) -> str:
    """A player for base64 data; "" for what isn't that."""
    data = output.text(mime)
    found = TYPES.fullmatch(mime)
    if not found or not _BASE64.fullmatch(data):
        return ""
    source = f"data:{mime};base64,{''.join(data.split())}"
    width, height = output.size(mime)
    sized = f' width="{width}"' if width else ""
    if found[1] == "audio":
        return output.frame(frames.page(f'<audio controls src="{source}"></audio>'), "Sound", _BAR)
    film = f'<video controls playsinline style="max-width:100%"{sized} src="{source}"></video>'
    return output.frame(frames.page(film), "Film", height or _SCREEN)
