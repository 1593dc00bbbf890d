"""What can be found in a document: stable codes, and the one place where their wording lives."""

from dataclasses import dataclass

# code: what a maintainer reads beside the box that makes it block
CODES = {
    "secret": "Passwords, keys and tokens",
    "ends-in-error": "Code that ends in an error",
    "out-of-order": "Cells that were run out of order, or not at all",
    "local-path": "Paths that exist on one machine only",
    "large-output": "Very large outputs",
    "missing-tldr": "No summary (tldr)",
    "wrong-insight": "Numbers that can't be published as they are",
}

_REVOKE = (
    "Revoke it where it was issued: it is in the repository, and stays in its history. Then have the code"
    " read it from the environment, run it again and push."
)
_RUN = "Restart the kernel, run all cells from the top, save and push again."

# code or code/case: (what was found, what to do); both may hold {fields}
_WORDINGS = {
    "secret": ("This looks like {what}.", _REVOKE),
    "secret/output": ("The output shows what looks like {what}.", _REVOKE),
    "secret/header": ("The header holds what looks like {what}.", _REVOKE),
    "secret/page": ("The document holds what looks like {what}.", _REVOKE),
    "ends-in-error": (
        "The code ends in an error{name}.",
        "Mend it and run the notebook again. If readers are to see the error, tag the cell raises-exception.",
    ),
    "out-of-order": ("This cell was run before cell {before} above it{more}.", _RUN),
    "out-of-order/not-run": ("This cell was not run, others were{more}.", _RUN),
    "local-path": (
        "{path} exists on one machine only.",
        "Name the file relative to the notebook, and push the file along if it may be shared.",
    ),
    "large-output": (
        "An output has {size} MB.",
        "Show a part of it (head(), a sample, a smaller picture), or write it to a file and link that.",
    ),
    "wrong-insight": (
        "This output publishes a number, but {why}.",
        "Correct the call that makes it, run the cell again and push.",
    ),
    "missing-tldr": (
        "There is no summary.",
        "Say the answer in a sentence or two in the header, `tldr: What we found.` Most read only that.",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`cell` counts from 1; `line` from 1 in the cell, or in the file where there are no cells.

    `anchor` is the cell's id, for links into the page. No text of a finding repeats a secret.
    """

    code: str
    message: str
    hint: str
    cell: int | None = None
    line: int | None = None
    anchor: str = ""


def finding(
    code: str,
    case: str = "",
    *,
    cell: int | None = None,
    line: int | None = None,
    anchor: str = "",
    **fields: object,
) -> Finding:
    """The finding of that code, worded."""
    message, hint = _WORDINGS[f"{code}/{case}" if case else code]
    return Finding(code, message.format(**fields), hint, cell, line, anchor)
