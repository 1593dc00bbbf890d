"""Outputs that are tables by their data, shown as one."""

from knowledge.rendering.dataresource import Data, of_csv, of_kotlin, of_table_schema
from knowledge.rendering.output import Output
from knowledge.rendering.passages import lines
from knowledge.rendering.tables import as_outputs, tables
from knowledge.rendering.words import words


def table_schema(output: Output, mime: str) -> str:
    return _shown(output, of_table_schema(output.data[mime]))


def kotlin(output: Output, mime: str) -> str:
    return _shown(output, of_kotlin(output.data[mime]))


def separated(output: Output, mime: str) -> str:
    return _shown(output, of_csv(output.text(mime), "," if mime == "text/csv" else "\t"))


def _shown(output: Output, data: Data | None) -> str:
    if data is None:
        return ""
    html = as_outputs(tables(data.html()), output.part.figure)
    output.part.searchable(words(html[:4_000]), lines(html[:10_000]))
    return f'<div class="rich">{html}</div>'
