"""Histories in columns, for notebooks: Parquet, and Arrow's stream of record batches.

Numbers keep all of their digits: they are decimals where 76 hold those of every reading, and text otherwise.
pyarrow is loaded when it is asked for: it is large, and most processes never need it.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

from knowledge.serving.facts import ReadingFacts, moment_of
from knowledge.serving.flat import exactly

BATCH = 1_000
SHORT, LONG = 38, 76  # digits of the two types of decimals


def parquet(readings: Sequence[ReadingFacts], about: Mapping[str, str]) -> bytes:
    """`about` is kept as the file's metadata."""
    from pyarrow.parquet import ParquetWriter

    schema, file = _schema(readings, about), BytesIO()
    with ParquetWriter(file, schema, compression="snappy") as writer:
        for batch in _batches(readings, schema):
            writer.write_batch(batch)
    return file.getvalue()


def arrow(readings: Sequence[ReadingFacts], about: Mapping[str, str]) -> bytes:
    from pyarrow import ipc

    schema, file = _schema(readings, about), BytesIO()
    with ipc.new_stream(file, schema) as writer:
        for batch in _batches(readings, schema):
            writer.write_batch(batch)
    return file.getvalue()


def _schema(readings: Sequence[ReadingFacts], about: Mapping[str, str]) -> Any:
    import pyarrow as pa

    moment, texts = pa.timestamp("us", tz="UTC"), pa.list_(pa.string())
    fields = {
        "published_at": moment,
        "as_of": moment,
        "value": _number_type(it.number for it in readings if it.number is not None),
        "text": pa.string(),
        "unit": pa.string(),
        "low": pa.float64(),
        "high": pa.float64(),
        "dimensions": pa.map_(pa.string(), pa.string()),
        "revision": pa.int64(),
        "commit": pa.string(),
        "authors": texts,
        "reviewed_by": texts,
        "reason": pa.string(),
    }
    return pa.schema(list(fields.items()), metadata=dict(about))


def _number_type(numbers: Iterable[Decimal]) -> Any:
    import pyarrow as pa

    whole, scale = 1, 0
    for number in numbers:
        exponent = number.as_tuple().exponent
        scale = max(scale, -exponent if isinstance(exponent, int) else 0)
        whole = max(whole, number.adjusted() + 1)
    if whole + scale > LONG:
        return pa.string()
    digits = whole + scale
    return pa.decimal128(digits, scale) if digits <= SHORT else pa.decimal256(digits, scale)


def _batches(readings: Sequence[ReadingFacts], schema: Any) -> Any:
    import pyarrow as pa

    is_text = pa.types.is_string(schema.field("value").type)
    for start in range(0, len(readings), BATCH):
        rows = [_row(it, is_text=is_text) for it in readings[start : start + BATCH]]
        yield pa.RecordBatch.from_pylist(rows, schema=schema)


def _row(reading: ReadingFacts, *, is_text: bool) -> dict[str, Any]:
    low, high = reading.interval or (None, None)
    number = reading.number
    return {
        "published_at": reading.published_at,
        "as_of": moment_of(reading.as_of),
        "value": str(number) if is_text and number is not None else number,
        "text": exactly(reading) if number is None else None,
        "unit": reading.unit,
        "low": low,
        "high": high,
        "dimensions": list(reading.dimensions.items()),
        "revision": reading.revision_number,
        "commit": reading.commit,
        "authors": reading.authors,
        "reviewed_by": reading.reviewed_by,
        "reason": reading.reason,
    }
