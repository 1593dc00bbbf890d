"""The Model Context Protocol by JSON-RPC 2.0, without a session: what a message asks, how answers look. Pure.

Two kinds of revisions are spoken. HANDSHAKE ones begin with `initialize`; of STATELESS ones every request
says its revision itself (`_meta`, and headers that have to agree), and `server/discover` tells what there is.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

Json = dict[str, Any]
HANDSHAKE = ("2025-03-26", "2025-06-18", "2025-11-25")
STATELESS = ("2026-07-28",)
REVISIONS = HANDSHAKE + STATELESS
UNSAID = "2025-03-26"  # the revision of who names none
BATCHED = {"2025-03-26"}  # revisions with batches
BATCH_MOST = 20

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
RESOURCE_NOT_FOUND = -32002  # of handshake revisions
HEADER_MISMATCH, UNSUPPORTED_REVISION = -32020, -32022

_META = "io.modelcontextprotocol/"
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}  # what Mcp-Name repeats
_CACHED = {
    "server/discover": 3_600_000,
    "tools/list": 3_600_000,
    "resources/templates/list": 3_600_000,
    "resources/list": 0,
    "resources/read": 0,
}  # milliseconds that a client may keep an answer


class ProtocolError(Exception):
    """What is answered instead of a result."""

    def __init__(self, code: int, message: str, **data: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data

    def answer(self, asked: object = None) -> Json:
        error: Json = {"code": self.code, "message": self.message}
        return {"jsonrpc": "2.0", "id": asked, "error": error | ({"data": self.data} if self.data else {})}


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    params: Json
    revision: str


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` None: nothing to say, for nothing was asked."""

    status: int
    body: Json | list[Json] | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """`methods` answer a call, or raise ProtocolError; `instructions` are for whoever uses the tools."""

    version: str
    instructions: str
    methods: Mapping[str, Callable[[Call], Json]] = field(default_factory=dict)

    @property
    def info(self) -> Json:
        return {"name": "almanac", "title": "Almanac", "version": self.version}

    def reply(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        """To the body of a POST; names of `headers` are found in any case."""
        try:
            message = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            return Reply(400, ProtocolError(PARSE_ERROR, f"This is no JSON: {error}").answer())
        said = headers.get("MCP-Protocol-Version")
        if said is not None and said not in REVISIONS:
            return Reply(400, _unsupported(said).answer(_id_of(message)))
        if said in STATELESS or _says_revision(message):
            return self._stateless(message, headers)
        return self._after_handshake(message, said or UNSAID)

    def _after_handshake(self, message: Any, revision: str) -> Reply:
        if not isinstance(message, list):
            answer = self._one(message, revision)
            is_refused = answer is not None and answer.get("id") is None
            return Reply(202 if answer is None else 400 if is_refused else 200, answer)
        if revision not in BATCHED:
            words = f"Revision {revision} has no batches: send one message at a time."
            return Reply(400, ProtocolError(INVALID_REQUEST, words).answer())
        if not 1 <= len(message) <= BATCH_MOST:
            words = f"A batch has 1 to {BATCH_MOST} messages."
            return Reply(400, ProtocolError(INVALID_REQUEST, words).answer())
        answers = [self._one(each, revision, is_batched=True) for each in message]
        said = [answer for answer in answers if answer is not None]
        return Reply(200, said) if said else Reply(202)

    def _one(self, message: Any, revision: str, *, is_batched: bool = False) -> Json | None:
        asked = _id_of(message)
        try:
            call = _call(message, revision)
            if call is None:
                return None
            if call.method == "initialize":
                if is_batched:
                    raise ProtocolError(INVALID_REQUEST, "initialize can't be part of a batch.")
                result = self._welcome(call)
            elif call.method == "ping":
                result = {}
            else:
                result = self._result(call)
        except ProtocolError as error:
            return error.answer(asked)
        return {"jsonrpc": "2.0", "id": asked, "result": result}

    def _stateless(self, message: Any, headers: Mapping[str, str]) -> Reply:
        asked = _id_of(message)
        try:
            if not isinstance(message, dict) or "result" in message or "error" in message:
                raise ProtocolError(INVALID_REQUEST, "Send one request at a time.")
            revision = str(headers.get("MCP-Protocol-Version"))
            call = _call(message, revision)
            if call is None:
                return Reply(202)
            _check_envelope(call, headers)
            result = self._discovery() if call.method == "server/discover" else self._result(call)
        except ProtocolError as error:
            status = 404 if error.code == METHOD_NOT_FOUND else 400
            return Reply(status, error.answer(asked))
        result = {"resultType": "complete", **result, "_meta": {f"{_META}serverInfo": self.info}}
        if call.method in _CACHED:
            result |= {"ttlMs": _CACHED[call.method], "cacheScope": "private"}
        return Reply(200, {"jsonrpc": "2.0", "id": asked, "result": result})

    def _result(self, call: Call) -> Json:
        method = self.methods.get(call.method)
        if method is None:
            raise ProtocolError(METHOD_NOT_FOUND, f"There is no method {call.method[:100]}.")
        return method(call)

    def _welcome(self, call: Call) -> Json:
        wanted = call.params.get("protocolVersion")
        if not isinstance(wanted, str):
            raise ProtocolError(INVALID_PARAMS, "Send protocolVersion, such as 2025-11-25.")
        return {
            "protocolVersion": wanted if wanted in HANDSHAKE else HANDSHAKE[-1],
            "capabilities": _capabilities(),
            "serverInfo": self.info,
            "instructions": self.instructions,
        }

    def _discovery(self) -> Json:
        return {
            "supportedVersions": list(REVISIONS),
            "capabilities": _capabilities(),
            "instructions": self.instructions,
        }


def messages_in(body: bytes) -> int:
    """How many a POST brings; one, for what is no batch of as many as are taken."""
    if body.lstrip()[:1] != b"[":
        return 1
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return 1
    return len(found) if 1 <= len(found) <= BATCH_MOST else 1


def _capabilities() -> Json:
    return {"tools": {"listChanged": False}, "resources": {"listChanged": False, "subscribe": False}}


def _call(message: Any, revision: str) -> Call | None:
    """What is asked; None for a notification, or an answer to what was never asked."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise ProtocolError(INVALID_REQUEST, 'A message is an object with "jsonrpc": "2.0".')
    if "method" not in message and ("result" in message or "error" in message):
        return None
    method, params = message.get("method"), message.get("params", {})
    if not isinstance(method, str):
        raise ProtocolError(INVALID_REQUEST, "Send a method.")
    if "id" not in message:
        return None
    if _id_of(message) is None:
        raise ProtocolError(INVALID_REQUEST, "The id of a request is a text or a whole number.")
    if not isinstance(params, dict):
        raise ProtocolError(INVALID_PARAMS, "params is to be an object.")
    return Call(method, params, revision)


def _id_of(message: Any) -> str | int | None:
    found = message.get("id") if isinstance(message, dict) else None
    return found if isinstance(found, str | int) and not isinstance(found, bool) else None


def _meta(message: Any) -> Json:
    params = message.get("params") if isinstance(message, dict) else None
    found = params.get("_meta") if isinstance(params, dict) else None
    return found if isinstance(found, dict) else {}


def _says_revision(message: Any) -> bool:
    return f"{_META}protocolVersion" in _meta(message)


def _check_envelope(call: Call, headers: Mapping[str, str]) -> None:
    """That a request says all that it has to, and that its headers say the same."""
    meta = _meta({"params": call.params})
    for name, kind in (("protocolVersion", str), ("clientCapabilities", dict)):
        if not isinstance(meta.get(f"{_META}{name}"), kind):
            raise ProtocolError(INVALID_PARAMS, f"params._meta lacks {_META}{name}.")
    wanted = {
        "MCP-Protocol-Version": meta[f"{_META}protocolVersion"],
        "Mcp-Method": call.method,
    }
    if call.method in _NAMED:
        wanted["Mcp-Name"] = call.params.get(_NAMED[call.method])
    for name, value in wanted.items():
        if _decoded(headers.get(name)) != value:
            raise ProtocolError(HEADER_MISMATCH, f"The header {name} doesn't say what the request says.")
    if wanted["MCP-Protocol-Version"] not in STATELESS:
        raise _unsupported(wanted["MCP-Protocol-Version"])


def _decoded(header: str | None) -> str | None:
    """What a header says: plainly, or as `=?base64?…?=` where it is more than ASCII."""
    if header is None or not (header.startswith("=?base64?") and header.endswith("?=")):
        return header
    try:
        return base64.b64decode(header[len("=?base64?") : -len("?=")], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _unsupported(revision: str) -> ProtocolError:
    return ProtocolError(
        UNSUPPORTED_REVISION,
        "This revision of the protocol is not spoken here.",
        supported=list(REVISIONS),
        requested=revision[:100],
    )
