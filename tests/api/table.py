"""Every route of the API by method: the scope it needs, and what each of ROLES gets in a restricted space.

A new route needs its rows here. `{post}` in a body stands for what tests/api/world.py made.
"""

from typing import Any

# Who asks, in the order of the outcomes.
ROLES = {
    "nobody": None,
    "outsider": "mallory",
    "reader": "carol",
    "author": "alice",  # of all that is there
    "reviewer": "bob",
    "maintainer": "dana",
    "superuser": "admin",
}
Row = tuple[str, str] | tuple[str, str, Any]  # scope, outcomes, body

#                  nobody outsider reader author reviewer maintainer superuser
READ: Row = ("read", "401 200 200 200 200 200 200")
MEMBERS: Row = ("read", "401 404 200 200 200 200 200")
# fmt: off
TABLE: dict[str, dict[str, Row]] = {
    "": {"GET": READ},
    "posts/": {
        "GET": READ,
        "POST": ("write", "401 404 403 202 202 202 403", {"space": "{space}", "path": "new.md", "message": "Add"}),
    },
    "posts/<int:pk>/": {"GET": MEMBERS},
    "posts/<int:post>/related/": {"GET": MEMBERS},
    "posts/<int:post>/cited_by/": {"GET": MEMBERS},
    "posts/<int:post>/revisions/": {"GET": MEMBERS},
    "posts/<int:post>/revisions/<int:number>/": {"GET": MEMBERS},
    "revisions/": {"GET": READ},
    "revisions/<int:pk>/": {"GET": MEMBERS},
    "revisions/<int:pk>/content/": {"GET": MEMBERS},
    "revisions/<int:pk>/pass/": {
        "POST": ("write", "401 404 403 403 403 409 409", {"note": "It is an example."}),
    },
    "revisions/<int:pk>/source/": {"GET": MEMBERS},
    "reviews/": {"GET": READ, "POST": ("write", "401 404 403 201 201 201 403", {"post": "{post}"})},
    "reviews/<int:pk>/": {"GET": MEMBERS},
    "reviews/<int:pk>/verdicts/": {
        "POST": ("write", "401 404 201 201 201 201 403", {"revision": 1, "kind": "comment", "summary": "Well done."}),
    },
    "reviews/<int:pk>/asked/": {"POST": ("write", "401 404 403 200 200 200 403", {"reviewers": ["bob"]})},
    "reviews/<int:pk>/withdraw/": {"POST": ("write", "401 404 403 403 403 200 403")},
    "spaces/": {"GET": READ, "POST": ("admin", "401 201 201 201 201 201 201", {"slug": "pricing"})},
    "spaces/<slug:space>/": {
        "GET": MEMBERS,
        "PATCH": ("admin", "401 404 403 403 403 200 200", {"description": "What to charge."}),
    },
    "spaces/<slug:space>/members/": {"GET": MEMBERS},
    "spaces/<slug:space>/members/<str:username>/": {
        "PUT": ("admin", "401 404 403 403 403 200 200", {"role": "author"}),
        "DELETE": ("admin", "401 404 403 403 204 204 204"),
    },
    "spaces/<slug:space>/pushes/": {"GET": MEMBERS},
    "spaces/<slug:space>/pushes/<str:commit>/": {"GET": MEMBERS},
    "people/": {"GET": READ},
    "people/<str:username>/": {"GET": READ},
    "me/": {"GET": READ},
    "comments/": {
        "GET": READ,
        "POST": ("write", "401 404 201 201 201 201 201", {"post": "{post}", "body": "Why?"}),
    },
    "comments/<int:pk>/": {
        "GET": MEMBERS,
        "PATCH": ("write", "401 404 403 200 403 403 403", {"body": "Look again."}),
        "DELETE": ("write", "401 404 403 204 403 204 204"),
    },
    "comments/<int:pk>/reactions/<str:sign>/": {
        "PUT": ("write", "401 404 204 204 204 204 204"),
        "DELETE": ("write", "401 404 204 204 204 204 204"),
    },
    "comments/<int:pk>/apply/": {"POST": ("write", "401 404 403 400 400 400 403")},
    "threads/<int:pk>/": {
        "GET": MEMBERS,
        "PATCH": ("write", "401 404 403 200 403 200 200", {"resolved": True}),
    },
    "questions/": {
        "GET": READ,
        "POST": ("write", "401 404 201 201 201 201 201", {"title": "Are we late?", "why": "Shifts.", "space": "{space}"}),
    },
    "questions/<int:pk>/": {
        "GET": MEMBERS,
        "PATCH": ("write", "401 404 403 200 403 200 200", {"why": "Shifts."}),
    },
    "questions/<int:pk>/vote/": {
        "PUT": ("write", "401 404 204 204 204 204 204"),
        "DELETE": ("write", "401 404 204 204 204 204 204"),
    },
    "questions/<int:pk>/take/": {
        "PUT": ("write", "401 404 403 204 204 204 403"),
        "DELETE": ("write", "401 404 403 403 403 403 403"),
    },
    "questions/<int:pk>/accept/": {"POST": ("write", "401 404 403 409 403 403 403", {"post": "{post}"})},
    "questions/<int:pk>/decline/": {
        "POST": ("write", "401 404 403 409 403 403 403", {"post": "{post}", "why": "Another one."}),
    },
    "questions/<int:pk>/withdraw/": {"POST": ("write", "401 404 403 200 403 403 403")},
    "questions/<int:pk>/close/": {"POST": ("write", "401 404 403 403 403 200 200", {"why": "Asked before."})},
    "questions/<int:pk>/reopen/": {"POST": ("write", "401 404 403 409 403 403 403")},
    "insights/": {"GET": READ},
    "insights/<slug:space>/<str:name>/": {"GET": MEMBERS},
    "insights/<slug:space>/<str:name>/history/": {"GET": MEMBERS},
    "subscriptions/": {
        "GET": READ,
        "POST": ("write", "401 404 201 201 201 201 201", {"kind": "post", "target": "{post}"}),
    },
    "subscriptions/<int:pk>/": {"DELETE": ("write", "401 404 404 404 204 404 404")},
    "webhooks/": {
        "GET": READ,
        "POST": ("admin", "401 404 403 403 403 201 201", {"space": "{space}", "url": "https://hooks.example/new"}),
    },
    "webhooks/<int:pk>/": {
        "GET": ("read", "401 404 404 404 404 200 200"),
        "DELETE": ("admin", "401 404 404 404 404 204 204"),
    },
    "search/": {"GET": READ},
    "collections/": {
        "GET": READ,
        "POST": ("write", "401 404 403 201 201 201 201", {"space": "{space}", "title": "Begin here"}),
    },
    "collections/<int:pk>/": {
        "GET": MEMBERS,
        "PATCH": ("write", "401 404 403 200 200 200 200", {"title": "Begin here"}),
        "DELETE": ("write", "401 404 403 204 204 204 204"),
    },
    "collections/<int:pk>/posts/": {"POST": ("write", "401 404 403 201 201 201 201", {"post": "{reviewed}"})},
    "collections/<int:pk>/posts/<int:post>/": {
        "PATCH": ("write", "401 404 403 200 200 200 200", {"note": "Why to read it."}),
        "DELETE": ("write", "401 404 403 204 204 204 204"),
    },
    "tags/": {"GET": READ},
    "tags/<path:tag>/": {
        "GET": MEMBERS,
        "PATCH": ("admin", "401 404 403 403 403 403 200", {"description": "What it costs."}),
    },
    "stats/": {"GET": READ},
    "schema/": {"GET": ("read", "200 200 200 200 200 200 200")},
}
# fmt: on
