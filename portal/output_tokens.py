"""Proof that an output document was asked for by a page of ours, for browsers that don't say so themselves.

Browsers tell by Sec-Fetch-Dest what a request is for, but not over plain http. There, only the frame's
address as the page printed it opens the document: bound to revision and number, good for twelve hours.
"""

from django.core import signing

GOOD_FOR_SECONDS = 12 * 3600
_signer = signing.TimestampSigner(salt="almanac.output")


def sign(revision: int, number: int) -> str:
    return _signer.sign(f"{revision}-{number}")


def is_good(token: str, revision: int, number: int) -> bool:
    try:
        return _signer.unsign(token, max_age=GOOD_FOR_SECONDS) == f"{revision}-{number}"
    except signing.BadSignature:
        return False
