"""What can be wrong with a document: stable codes, and the one place where their wording lives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Something an author should mend although the document can be shown.

    `line` counts from 1: in the file for Markdown, in the header cell for notebooks. `cell` counts from 1.
    """

    code: str
    message: str
    hint: str
    line: int | None = None
    cell: int | None = None


class DocumentError(Exception):
    """The document can't be read at all. `line` counts from 1 in the file, where one is to blame."""

    def __init__(self, code: str, message: str, hint: str, line: int | None = None) -> None:
        super().__init__(f"{message} {hint}")
        self.code = code
        self.message = message
        self.hint = hint
        self.line = line


_SAVE_AGAIN = "Open it in Jupyter, save it and push again; or take the last good version from git."

# code: (what happened, what to do); both may hold {fields}
_REFUSALS = {
    "empty-document": ("The file is empty.", "Save the document in your editor and push again."),
    "document-too-large": (
        "The document has {size} MB; {limit} MB is the most that is shown.",
        "Clear the largest outputs, or keep the data in a file of its own, and push again.",
    ),
    "conflict-markers": (
        "Line {line} holds an unresolved git conflict.",
        "Resolve the conflict (for notebooks `nbdime mergetool` helps), commit and push again.",
    ),
    "lfs-pointer": (
        "This is a Git LFS pointer; the document itself was not pushed.",
        "Keep documents out of LFS: `git lfs untrack` the pattern, `git add --renormalize .`, commit, push.",
    ),
    "truncated-notebook": (
        "The notebook ends in the middle, at line {line}: the file was cut short.",
        _SAVE_AGAIN,
    ),
    "not-json": ("The notebook is not valid JSON: line {line}, column {column}: {reason}.", _SAVE_AGAIN),
    "too-deep": (
        "The document nests lists and objects too deeply to be read safely.",
        "Look for metadata or an output that contains itself over and over, remove it, and push again.",
    ),
    "too-intricate": (
        "The document holds more than {limit:,} {what}, too many to be read safely.",
        "Clear the largest outputs, or keep the data in a file of its own, and push again.",
    ),
    "not-a-notebook": (
        "This is JSON, but not a notebook: {reason}.",
        "Push the .ipynb file that Jupyter saved, or rename the file if it is something else.",
    ),
    "unknown-format": (
        "No reader for this kind of document ({suffix}).",
        "Almanac shows: {known}.",
    ),
    "bad-script": (
        "The script can't be read as text and code ({reason}).",
        "Open it with jupytext (`jupytext --to ipynb` on it says what is wrong), correct it and push again.",
    ),
    "script-too-large": (
        "The script has more than {limit} MB.",
        "Keep data in a file of its own, and push again.",
    ),
    "bad-zip": (
        "The file can't be opened: {reason}.",
        "Open and save it again in the program that made it, and push that.",
    ),
    "zip-too-large": (
        "Unpacked, the file is larger than the {limit} MB that are read.",
        "Make its pictures smaller or leave large data out, and push again.",
    ),
    "zip-too-many": (
        "The file holds more than {limit} files.",
        "Leave out what the post doesn't show, and push again.",
    ),
    "bad-docx": (
        "This is no Word document: {reason}.",
        "Open it in Word or LibreOffice, save it as .docx and push that.",
    ),
    "bad-kp": (
        "This is no knowledge post: {reason}.",
        "A .kp file is a zip with knowledge.md in it; make it anew with `knowledge_repo add`.",
    ),
    "not-a-pdf": (
        "This is no PDF, whatever its name says.",
        "Export the document as PDF once more, and push that.",
    ),
    "pandoc-missing": (
        "Org documents are read by pandoc, which is not installed here.",
        "Ask those who run this portal to install pandoc, or push the document as Markdown (`C-c C-e m m`).",
    ),
    "bad-org": (
        "pandoc can't read this document: {reason}.",
        "Correct it, or push it exported as Markdown (`C-c C-e m m`).",
    ),
    "old-notebook": (
        "This notebook of format {version} can't be brought to today's format: {reason}.",
        "Run `jupyter nbconvert --to notebook` on it, and push what that makes.",
    ),
}

_FAULTS = {
    "conflict-markers": (
        "Line {line} looks like an unresolved git conflict.",
        "If it is one, resolve it, commit and push again.",
    ),
    "not-utf-8": (
        "The file is not UTF-8; it was read as {encoding}.",
        "Save it as UTF-8 so that every letter comes out right.",
    ),
    "newer-notebook": (
        "The notebook says format {version}, which is newer than this portal knows.",
        "Shown as far as format 4 goes; save it in format 4 to be sure.",
    ),
    "wrong-insight": (
        "An entry under `insights` can't be published as it is: of {name}, {why}.",
        "Write each as `- {{name: churn, value: 0.14, unit: ratio, as_of: 2026-06-30}}`.",
    ),
    "insight-taken": (
        "{name} is not published from here: {path} publishes a number of that name.",
        "Give it another name, or take it out of the other post: a name stands for one number of a space.",
    ),
    "docx-left-out": (
        "Of this Word document some things can't be shown: {what}.",
        "Put them in as pictures (PNG), or attach the document as PDF beside it.",
    ),
    "encrypted-pdf": (
        "The PDF is encrypted, so its words can't be found by search.",
        "Save it without a password and push again.",
    ),
    "files-left-out": (
        "Some files in it are not read: {what}.",
        "Keep names plain and relative, and files below {limit} MB.",
    ),
    "repaired-notebook": (
        "The notebook departs from its format: {what}.",
        "It is shown as well as can be; saving it again in Jupyter usually mends it.",
    ),
    "bad-header": (
        "Line {line} of the header is not valid YAML: {reason}.",
        "Correct that line. Put text that holds a colon, # or [ between quotes.",
    ),
    "unclosed-header": (
        "The header begins with --- but has no second --- line.",
        "Close the header with a line of three hyphens.",
    ),
    "header-not-mapping": (
        "The header is not a list of `name: value` lines.",
        "Write one setting per line, such as `title: What we found`.",
    ),
    "header-alias": (
        "Line {line} of the header uses a YAML anchor or alias (& or *).",
        "Write the value out, or put it between quotes if the sign belongs to the text.",
    ),
    "header-tag": (
        "Line {line} of the header uses a YAML tag ({tag}), which is not read.",
        "Write plain text, numbers, dates and lists only.",
    ),
    "header-too-large": (
        "The header is too large or too deeply nested to be read.",
        "Keep the header to the facts about the post; 64 kB is the most.",
    ),
    "header-value": (
        "Line {line} of the header: {name} should be {wanted}.",
        "Correct the value; until then it counts as not given.",
    ),
    "no-such-question": (
        "The header says that it answers {names}; there is no such open question that you can see.",
        "Look its number up on the board, under Questions, and correct `answers`.",
    ),
    "header-private": (
        "Line {line} of the header: private should be true or false.",
        "Correct the value; until then only members of the space see the post.",
    ),
}


def refusal(code: str, line: int | None = None, **fields: object) -> DocumentError:
    """The error of that code, worded."""
    message, hint = _REFUSALS[code]
    values = {"line": line, **fields}
    return DocumentError(code, message.format(**values), hint.format(**values), line)


def fault(code: str, line: int | None = None, cell: int | None = None, **fields: object) -> Fault:
    """The fault of that code, worded."""
    message, hint = _FAULTS[code]
    values = {"line": line, **fields}
    return Fault(code, message.format(**values), hint.format(**values), line, cell)
