"""Writing SVG: every text and attribute is escaped here, and nowhere else."""

from html import escape


class Svg(str):
    """Markup that is safe to show as it is; templates know it by `__html__`."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def element(name: str, *children: Svg | str, **attributes: object) -> Svg:
    """`element("text", "3 & 4", x=1.25, text_anchor="end")`. `_` is a hyphen, and nothing at the end."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_text(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(child if isinstance(child, Svg) else escape(child) for child in children)
    return Svg(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")


def path(points: list[tuple[float, float]], *, closed: bool = False) -> str:
    """The `d` of a line through all points; "" for none."""
    steps = "L".join(f"{_text(x)} {_text(y)}" for x, y in points)
    return f"M{steps}{'Z' if closed else ''}" if points else ""


def picture(name: str, title: str, description: str, width: int, height: int, *marks: Svg) -> Svg:
    """The whole drawing. `name` is unique on its page, for each width."""
    ids = f"{name}-title", f"{name}-description"
    return element(
        "svg",
        element("title", title, id=ids[0]),
        element("desc", description, id=ids[1]),
        *marks,
        class_="plot-drawing",
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=" ".join(ids),
    )


def _text(value: object) -> str:
    """Coordinates to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
