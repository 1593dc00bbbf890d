"""Every route of the API by method: the scope it needs, and what each of ROLES gets in a restricted space.

The scope `session` is none: a browser's alone. A new route needs its rows here. What is sent to it are the
examples of api/examples.py.
"""

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
Row = tuple[str, str]  # scope, outcomes

#                  nobody outsider reader author reviewer maintainer superuser
READ: Row = ("read", "401 200 200 200 200 200 200")
MEMBERS: Row = ("read", "401 404 200 200 200 200 200")
TABLE: dict[str, dict[str, Row]] = {
    "": {"GET": READ},
    "posts/": {
        "GET": READ,
        "POST": ("write", "401 404 403 202 202 202 403"),
    },
    "posts/<int:pk>/": {"GET": MEMBERS},
    "posts/<int:post>/life/": {
        "GET": MEMBERS,
        "PATCH": ("write", "401 404 403 200 403 200 200"),
    },
    "posts/<int:post>/confirm/": {"POST": ("write", "401 404 403 200 403 200 200")},
    "posts/<int:post>/archive/": {"POST": ("write", "401 404 403 200 403 200 200")},
    "posts/<int:post>/unarchive/": {"POST": ("write", "401 404 403 200 403 200 200")},
    "posts/<int:post>/supersede/": {"POST": ("write", "401 404 403 200 403 200 200")},
    "posts/<int:post>/like/": {
        "PUT": ("write", "401 404 204 204 204 204 204"),
        "DELETE": ("write", "401 404 204 204 204 204 204"),
    },
    "posts/<int:post>/bookmark/": {
        "PUT": ("write", "401 404 204 204 204 204 204"),
        "DELETE": ("write", "401 404 204 204 204 204 204"),
    },
    "bookmarks/": {"GET": READ},
    "posts/<int:post>/retry/": {"POST": ("write", "401 404 403 202 202 202 403")},
    "posts/<int:post>/compare/": {"GET": MEMBERS},
    "posts/<int:post>/since/": {
        "GET": MEMBERS,
        "POST": ("write", "401 404 200 200 200 200 200"),
    },
    "posts/<int:post>/related/": {"GET": MEMBERS},
    "posts/<int:post>/cited_by/": {"GET": MEMBERS},
    "posts/<int:post>/revisions/": {"GET": MEMBERS},
    "posts/<int:post>/revisions/<int:number>/": {"GET": MEMBERS},
    "revisions/": {"GET": READ},
    "revisions/<int:pk>/": {"GET": MEMBERS},
    "revisions/<int:pk>/content/": {"GET": MEMBERS},
    "revisions/<int:pk>/html/": {"GET": MEMBERS},
    "revisions/<int:pk>/images/<str:digest>.<str:suffix>": {"GET": MEMBERS},
    "revisions/<int:pk>/outputs/<int:number>": {"GET": MEMBERS},
    "revisions/<int:pk>/files/<path:path>": {"GET": MEMBERS},
    "revisions/<int:pk>/exports/<str:form>": {"GET": MEMBERS},
    "revisions/<int:pk>/pass/": {
        "POST": ("write", "401 404 404 403 403 200 200"),  # readers don't know of what is held
    },
    "revisions/<int:pk>/restore/": {"POST": ("write", "401 404 403 202 202 202 403")},
    "revisions/<int:pk>/source/": {"GET": MEMBERS},
    "reviews/": {"GET": READ, "POST": ("write", "401 404 403 201 201 201 403")},
    "reviews/<int:pk>/": {"GET": MEMBERS},
    "reviews/<int:pk>/verdicts/": {
        "POST": ("write", "401 404 201 201 201 201 403"),
    },
    "reviews/<int:pk>/asked/": {"POST": ("write", "401 404 403 200 200 200 403")},
    "reviews/<int:pk>/drafts/": {
        "GET": MEMBERS,
        "DELETE": ("write", "401 404 204 204 204 204 204"),  # one's own
    },
    "reviews/<int:pk>/withdraw/": {"POST": ("write", "401 404 403 403 403 200 403")},
    "spaces/": {"GET": READ, "POST": ("admin", "401 201 201 201 201 201 201")},
    "spaces/<slug:space>/": {
        "GET": MEMBERS,
        "PATCH": ("admin", "401 404 403 403 403 200 200"),
    },
    "spaces/<slug:space>/folders/": {"GET": MEMBERS},
    "spaces/<slug:space>/members/": {"GET": MEMBERS},
    "spaces/<slug:space>/members/<str:username>/": {
        "GET": MEMBERS,
        "PUT": ("admin", "401 404 403 403 403 200 200"),
        "DELETE": ("admin", "401 404 403 403 204 204 204"),  # oneself, too
    },
    "spaces/<slug:space>/uploads/": {"POST": ("write", "401 404 403 202 202 202 403")},
    "spaces/<slug:space>/pushes/": {"GET": MEMBERS},
    "spaces/<slug:space>/pushes/<str:commit>/": {"GET": MEMBERS},
    "spaces/<slug:space>/policy/": {"GET": MEMBERS, "PATCH": ("admin", "401 404 403 403 403 200 200")},
    "spaces/<slug:space>/branches/": {"GET": MEMBERS},
    "spaces/<slug:space>/previews/": {"GET": MEMBERS},
    "previews/<int:pk>/": {"GET": MEMBERS},
    "previews/<int:pk>/html/": {"GET": MEMBERS},
    "people/": {"GET": READ},
    "people/<str:username>/": {"GET": READ},
    "me/": {"GET": READ, "PATCH": ("write", "401 200 200 200 200 200 200")},
    "me/attention/": {"GET": READ},
    "me/tokens/": {"GET": READ, "POST": ("session", "401 201 201 201 201 201 201")},  # no token does
    "me/tokens/<int:token>/": {
        "GET": ("read", "401 404 404 404 200 404 404"),
        "DELETE": ("admin", "401 404 404 404 204 404 404"),
    },
    "comments/": {
        "GET": READ,
        "POST": ("write", "401 404 201 201 201 201 201"),
    },
    "comments/<int:pk>/": {
        "GET": MEMBERS,
        "PATCH": ("write", "401 404 403 200 403 403 403"),
        "DELETE": ("write", "401 404 403 204 403 204 204"),
    },
    "comments/<int:pk>/reactions/<str:sign>/": {
        "PUT": ("write", "401 404 204 204 204 204 204"),
        "DELETE": ("write", "401 404 204 204 204 204 204"),
    },
    "comments/preview/": {"POST": ("write", "401 200 200 200 200 200 200")},
    "comments/<int:pk>/history/": {"GET": MEMBERS},
    "comments/<int:pk>/apply/": {"POST": ("write", "401 404 403 400 400 400 403")},
    "threads/<int:pk>/": {
        "GET": MEMBERS,
        "PATCH": ("write", "401 404 403 200 403 200 200"),
    },
    "questions/": {
        "GET": READ,
        "POST": ("write", "401 404 201 201 201 201 201"),
    },
    "questions/<int:pk>/": {
        "GET": MEMBERS,
        "PATCH": ("write", "401 404 403 200 403 200 200"),
    },
    "questions/counts/": {"GET": READ},
    "questions/alike/": {"GET": READ},
    "questions/demand/": {"GET": ("read", "401 403 403 403 403 200 200")},
    "questions/<int:pk>/vote/": {
        "PUT": ("write", "401 404 204 204 204 204 204"),
        "DELETE": ("write", "401 404 204 204 204 204 204"),
    },
    "questions/<int:pk>/take/": {
        "PUT": ("write", "401 404 403 204 204 204 403"),
        "DELETE": ("write", "401 404 403 403 403 403 403"),
    },
    "questions/<int:pk>/accept/": {"POST": ("write", "401 404 403 200 403 403 403")},
    "questions/<int:pk>/decline/": {
        "POST": ("write", "401 404 403 200 403 403 403"),
    },
    "questions/<int:pk>/withdraw/": {"POST": ("write", "401 404 403 200 403 403 403")},
    "questions/<int:pk>/close/": {"POST": ("write", "401 404 403 403 403 200 200")},
    "questions/<int:pk>/reopen/": {"POST": ("write", "401 404 403 200 403 403 403")},
    "insights/": {"GET": READ},
    "insights/<slug:space>/<str:name>/": {"GET": MEMBERS},
    "insights/<slug:space>/<str:name>/history/": {"GET": MEMBERS},
    "insights/series/": {"GET": READ},
    "insights/metrics/": {"GET": READ},
    "insights/<slug:space>/<str:name>/decisions/": {
        "GET": MEMBERS,
        "POST": ("write", "401 404 201 201 201 201 201"),
    },
    "insights/<slug:space>/<str:name>/decisions/<int:pk>/": {
        "DELETE": ("write", "401 404 403 204 403 403 204"),
    },
    "insights/<slug:space>/<str:name>/shifts/": {
        "GET": MEMBERS,
        "POST": ("write", "401 404 403 201 403 201 201"),
    },
    "insights/<slug:space>/<str:name>/shifts/<int:pk>/": {
        "DELETE": ("write", "401 404 403 204 403 204 204"),
    },
    "decisions/": {"GET": READ},
    "posts/<int:post>/outputs/": {"GET": MEMBERS},
    "posts/<int:post>/outputs/<int:number>.<str:form>": {"GET": MEMBERS},
    "libraries/": {"GET": READ},
    "libraries/<path:library>/": {"GET": MEMBERS},
    "libraries/<path:library>/impact/": {"GET": MEMBERS},
    "libraries/<path:library>/posts/": {"GET": MEMBERS},
    "libraries/<path:library>/insights/": {"GET": MEMBERS},
    "campaigns/": {"GET": READ, "POST": ("write", "401 403 403 403 201 201 201")},
    "campaigns/<int:pk>/": {
        "GET": MEMBERS,
        "PATCH": ("write", "401 404 403 403 403 200 200"),  # whose it is
    },
    "campaigns/<int:pk>/items/": {"GET": MEMBERS},
    "campaigns/<int:pk>/items/<int:post>/": {"PATCH": ("write", "401 404 403 200 403 200 200")},
    "datasets/": {"GET": READ},
    "datasets/observations/": {"POST": ("write", "401 200 200 200 200 200 200")},
    "datasets/<path:name>/": {"GET": MEMBERS, "PATCH": ("write", "401 404 403 403 403 200 200")},
    "datasets/<path:name>/observations/": {
        "GET": MEMBERS,
        "POST": ("write", "401 404 403 201 201 201 201"),
    },
    "datasets/<path:name>/investigations/": {"GET": MEMBERS},
    "datasets/<path:name>/investigations/<str:investigation>/close/": {
        "POST": ("write", "401 404 403 200 403 200 200"),  # who looks into it; who maintains all concerned
    },
    "datasets/<path:name>/posts/": {"GET": MEMBERS},
    "datasets/<path:name>/insights/": {"GET": MEMBERS},
    "investigations/": {"GET": READ},
    "investigations/<int:pk>/": {"GET": MEMBERS},
    "investigations/<int:pk>/posts/": {"GET": MEMBERS},
    "subscriptions/": {
        "GET": READ,
        "POST": ("write", "401 404 201 201 201 201 201"),
    },
    "subscriptions/<int:pk>/": {  # one's own alone
        "GET": ("read", "401 404 404 404 200 404 404"),
        "DELETE": ("write", "401 404 404 404 204 404 404"),
    },
    "embeds/": {
        "GET": READ,
        "POST": ("admin", "401 404 403 201 201 201 403"),
    },
    "embeds/<int:pk>/": {  # one's own, and of spaces that one maintains
        "GET": ("read", "401 404 404 200 404 200 200"),
        "DELETE": ("admin", "401 404 404 204 404 204 204"),
    },
    "notifications/": {"GET": READ},
    "notifications/<int:pk>/": {  # one's own alone
        "GET": ("read", "401 404 404 404 200 404 404"),
        "PATCH": ("write", "401 404 404 404 200 404 404"),
    },
    "notifications/read/": {"POST": ("write", "401 200 200 200 200 200 200")},
    "notifications/unread/": {"GET": READ},
    "notifications/channels/": {"GET": READ, "PATCH": ("write", "401 200 200 200 200 200 200")},
    "webhooks/": {
        "GET": READ,
        "POST": ("admin", "401 404 403 403 403 201 201"),
    },
    "webhooks/<int:pk>/": {
        "GET": ("read", "401 404 404 404 404 200 200"),
        "PATCH": ("admin", "401 404 404 404 404 200 200"),
        "DELETE": ("admin", "401 404 404 404 404 204 204"),
    },
    "webhooks/<int:pk>/secret/": {"POST": ("admin", "401 404 404 404 404 200 200")},
    "webhooks/<int:pk>/test/": {"POST": ("admin", "401 404 404 404 404 202 202")},
    "webhooks/<int:pk>/deliveries/": {"GET": ("read", "401 404 404 404 404 200 200")},
    "webhooks/<int:pk>/deliveries/<int:call>/": {"GET": ("read", "401 404 404 404 404 200 200")},
    "webhooks/<int:pk>/deliveries/<int:call>/again/": {"POST": ("admin", "401 404 404 404 404 200 200")},
    "search/": {"GET": READ},
    "search/suggestions/": {"GET": READ},
    "feed/": {"GET": READ},
    "collections/": {
        "GET": READ,
        "POST": ("write", "401 404 403 201 201 201 201"),
    },
    "collections/<int:pk>/": {
        "GET": MEMBERS,
        "PATCH": ("write", "401 404 403 200 200 200 200"),
        "DELETE": ("write", "401 404 403 204 204 204 204"),
    },
    "collections/<int:pk>/posts/": {"POST": ("write", "401 404 403 201 201 201 201")},
    "collections/<int:pk>/posts/<int:post>/": {
        "PATCH": ("write", "401 404 403 200 200 200 200"),
        "DELETE": ("write", "401 404 403 204 204 204 204"),
    },
    "tags/": {"GET": READ},
    "tags/<path:tag>/": {
        "GET": MEMBERS,
        "PATCH": ("admin", "401 404 403 403 403 403 200"),
    },
    "audit/": {"GET": READ},
    "stats/": {"GET": READ},
    "schema/": {"GET": ("read", "200 200 200 200 200 200 200")},
}
