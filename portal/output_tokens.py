"""Proof that an output document was asked for by a page of ours, for browsers that don't say so themselves.

Browsers tell by Sec-Fetch-Dest what a request is for, but not over plain http. There, only the frame's
address as the page printed it opens the document: bound to revision (or preview) and number, good for twelve
hours.
"""

from typing import TypeAlias

from django.core import signing

# The key of a revision, or "preview-" and that of a preview.
Shown: TypeAlias = int | str

GOOD_FOR_SECONDS = 12 * 3600
_signer = signing.TimestampSigner(salt="almanac.output")


def sign(shown: Shown, number: int) -> str:
    return _signer.sign(f"{shown}-{number}")


def is_good(token: str, shown: Shown, number: int) -> bool:
    try:
        return _signer.unsign(token, max_age=GOOD_FOR_SECONDS) == f"{shown}-{number}"
    except signing.BadSignature:
        return False
