"""What all addresses of the API have in common, for its OpenAPI document."""

from typing import Any

Json = dict[str, Any]

# What may go wrong, in words, by status; each is answered as a Problem.
FAILURES = {
    400: ("BadRequest", "Something in the request can't be used as it is."),
    401: ("NotAuthenticated", "Nobody is signed in, or the token is not known."),
    403: ("Forbidden", "The caller, or the scope of the token, may not."),
    404: ("NotFound", "It isn't there, or the caller may not see it."),
    409: ("Conflict", "It doesn't go with how things are now."),
    411: ("LengthRequired", "The body has no Content-Length."),
    412: ("PreconditionFailed", "It is not, or no longer, what If-Match names."),
    413: ("TooLarge", "The body is larger than this address takes."),
    415: ("UnsupportedMediaType", "The body is of a type that this address doesn't take."),
    422: ("Unprocessable", "It is well-formed, and still can't be done."),
    429: ("TooManyRequests", "More than is allowed in that time."),
    503: ("Unavailable", "The portal can't answer at this moment."),
}
PARAMETERS: Json = {
    "Fields": {
        "name": "fields",
        "in": "query",
        "description": "Only these fields of each row, such as `title,authors.name`. The rest is left out.",
        "schema": {"type": "string"},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of what you have: 304 without a body if it is still right.",
        "schema": {"type": "string"},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag of what you saw: 412 if it has changed since.",
        "schema": {"type": "string"},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A name for this request, as a UUID. Sent again within a day, it isn't done again: "
        "the answer is the same.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    },
}
HEADERS: Json = {
    "ETag": {"description": "Of these bytes; strong.", "schema": {"type": "string"}},
    "RateLimitLimit": {"description": "Requests a minute.", "schema": {"type": "integer"}},
    "RateLimitRemaining": {"description": "What is left of them.", "schema": {"type": "integer"}},
    "RateLimitReset": {"description": "Seconds until all are there again.", "schema": {"type": "integer"}},
    "RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "Location": {"description": "Where it is now.", "schema": {"type": "string", "format": "uri"}},
}
TAGS: dict[str, str] = {
    "root": "Where everything is.",
    "posts": "Documents, as readers see them.",
    "feed": "What is for the caller, new or popular.",
    "bookmarks": "Posts that the caller keeps.",
    "revisions": "Versions of posts: text and source.",
    "reviews": "What waits for approval, and what was said of it.",
    "spaces": "Shelves with their members and pushes.",
    "people": "Who is here.",
    "me": "Who is calling.",
    "comments": "What readers say.",
    "threads": "Where they say it, and whether it is settled.",
    "questions": "Open questions, asked without a post.",
    "insights": "Numbers that posts publish, dated and with their source.",
    "decisions": "What the caller used insights for.",
    "libraries": "What the code of posts imports, and what an upgrade touches.",
    "campaigns": "Posts to bring over an upgrade, and how far that is.",
    "datasets": "What posts rest on, what tools that check it find, and what is looked into.",
    "investigations": "What is wrong with data, who looks into it, and what it reaches.",
    "previews": "Documents as branches would make them, before readers see them.",
    "subscriptions": "What the caller follows.",
    "embeds": "Addresses at which something is open to everybody.",
    "notifications": "What the caller is told, and by which channel.",
    "webhooks": "Addresses that the portal calls.",
    "search": "Posts by words and fields.",
    "collections": "Posts that somebody put together, in an order.",
    "tags": "What posts are about.",
    "stats": "How much is read.",
    "audit": "Who did what.",
}
