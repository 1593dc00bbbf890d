"""The addresses of the portal, grouped by what they show."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, register_converter
from django.views.generic import RedirectView

from portal.views import (
    accounts,
    atom,
    audit,
    board,
    campaigns,
    care,
    cite,
    collections,
    comments,
    comparing,
    content,
    curating,
    datasets,
    decisions,
    embed,
    feed,
    follows,
    health,
    helper,
    icon,
    insights,
    libraries,
    liking,
    moved,
    moved_lists,
    notifications,
    oembed,
    parts,
    people,
    policy,
    post_table,
    posts,
    preview_content,
    previews,
    questions,
    reads,
    related,
    review_talk,
    reviews,
    revisions,
    search,
    since,
    slides,
    space,
    spaces,
    tag_names,
    tags,
    taking,
    talk,
    unsubscribe,
    upload,
    webhooks,
)


class DigestConverter:
    """A SHA-256 in hexadecimal."""

    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(DigestConverter, "digest")
# One door, with its limit on guessing.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

posts_urls = [
    path("p/<int:pk>", posts.permalink, name="permalink"),
    path("p/<int:pk>/status", posts.status, name="post-status"),
    path("p/<int:pk>/history", revisions.history, name="post-history"),
    path("p/<int:pk>/compare", comparing.choose, name="compare-choose"),
    path("p/<int:pk>/compare/<int:old>..<int:new>", comparing.show, name="compare"),
    path("p/<int:pk>/since", since.show, name="since"),
    path("p/<int:pk>/related", related.show, name="related"),
    path("p/<int:pk>/retry", posts.retry, name="post-retry"),
    path("r/<int:pk>/source", revisions.source, name="revision-source"),
    path("r/<int:pk>/download", revisions.download, name="revision-download"),
    path("r/<int:pk>/pass", revisions.let_through, name="revision-pass"),
    path("r/<int:pk>/restore", revisions.restore, name="revision-restore"),
    path("r/<int:pk>/parts/<int:number>", parts.show, name="revision-part"),
    path("r/<int:pk>/parts/", parts.find, name="revision-parts"),
    path("r/<int:pk>/cite.bib", cite.bibtex, name="revision-cite"),
    path("r/<int:pk>/page.html", taking.page, name="revision-page"),
    path("r/<int:pk>/post.zip", taking.archive, name="revision-archive"),
    path("r/<int:pk>/slides", slides.window, name="revision-slides"),
    path("r/<int:pk>/slides/handout", slides.handout, name="revision-handout"),
    path("r/<int:pk>/slides/deck", slides.deck, name="revision-deck"),
]

reviews_urls = [
    path("reviews/", reviews.index, name="reviews"),
    path("reviews/<int:pk>", reviews.show, name="review"),
    path("reviews/<int:pk>/withdraw", reviews.withdraw, name="review-withdraw"),
    path("reviews/<int:pk>/ask", reviews.ask, name="review-ask"),
    path("reviews/<int:pk>/comment", review_talk.comment, name="review-comment"),
    path("reviews/<int:pk>/discard", review_talk.discard, name="review-discard"),
    path("reviews/attention", care.index, name="attention"),
    path("p/<int:pk>/life", care.show, name="post-care"),
    path("p/<int:pk>/review", reviews.of_post, name="post-review"),
    path("p/<int:pk>/review/request", reviews.request_one, name="review-request"),
]

# What readers say of posts.
talk_urls = [
    path("p/<int:pk>/conversation", talk.conversation, name="conversation"),
    path("p/<int:pk>/like", liking.like, name="like"),
    path("p/<int:pk>/bookmark", liking.bookmark, name="bookmark"),
    path("t/<int:pk>", talk.thread, name="thread"),
    path("t/<int:pk>/settle", talk.settle, name="thread-settle"),
    path("c/<int:pk>/edit", comments.edit, name="comment-edit"),
    path("c/<int:pk>/delete", comments.delete, name="comment-delete"),
    path("c/<int:pk>/react", comments.react, name="comment-react"),
    path("c/<int:pk>/history", comments.history, name="comment-history"),
    path("c/<int:pk>/apply", review_talk.apply, name="comment-apply"),
    path("account/bookmarks", liking.bookmarks, name="bookmarks"),
    path("account/questions", liking.questions, name="questions"),
]

# How much is read, and what tells it.
reads_urls = [
    path("p/<int:pk>/reads", reads.of_post, name="post-reads"),
    path("p/<int:pk>/read", reads.beacon, name="post-read"),
    path("s/<slug:space>/-/reads", reads.of_space, name="space-reads"),
    path("people/<str:username>/reads", reads.of_person, name="person-reads"),
    path("reads", reads.of_tag, name="reads"),
]

# What the company is asked, without a post.
questions_urls = [
    path("questions/", board.index, name="board"),
    path("questions/new", board.new, name="question-new"),
    path("questions/demand", board.demand, name="demand"),
    path("questions/<int:pk>", questions.show, name="open-question"),
    path("questions/<int:pk>/edit", questions.edit, name="question-edit"),
    path("questions/<int:pk>/vote", questions.vote, name="question-vote"),
    path("questions/<int:pk>/take", questions.take, name="question-take"),
    path("questions/<int:pk>/decide", questions.decide, name="question-decide"),
]

# What documents bring with them. See docs/maintain.md, "Isolation".
content_urls = [
    path("a/<int:revision>/<digest:digest>.<str:suffix>", content.asset, name="asset"),
    path("o/<int:revision>/<int:number>", content.output, name="output"),
    path("f/<slug:space>/<str:commit>/<path:path>", content.file, name="file"),
    path("v/<int:pk>/a/<digest:digest>.<str:suffix>", preview_content.asset, name="preview-asset"),
    path("v/<int:pk>/o/<int:number>", preview_content.output, name="preview-output"),
    path("v/<int:pk>/f/<path:path>", preview_content.file, name="preview-file"),
    path("v/<int:pk>/parts/<int:number>", preview_content.part, name="preview-part"),
    path("v/<int:pk>/parts/", preview_content.find_part, name="preview-parts"),
]

spaces_urls = [
    path("s/", spaces.index, name="spaces"),
    path("s/new", spaces.create, name="space-new"),
    path("s/<slug:space>/", space.show, name="space"),
    path("s/<slug:space>/-/settings", spaces.settings, name="space-settings"),
    path("s/<slug:space>/-/review", policy.show, name="space-review"),
    path("s/<slug:space>/-/members", spaces.members, name="space-members"),
    path("s/<slug:space>/-/setup", spaces.setup, name="space-setup"),
    path("s/<slug:space>/-/webhooks", webhooks.of_space, name="space-webhooks"),
    path("s/<slug:space>/-/embeds", embed.of_space, name="space-embeds"),
    path("s/<slug:space>/-/audit", audit.of_space, name="space-audit"),
    path("s/<slug:space>/-/audit.<str:form>", audit.export_space, name="space-audit-export"),
    path("s/<slug:space>/-/previews", previews.of_space, name="space-previews"),
    path("s/<slug:space>/-/previews/<path:place>", previews.show, name="preview"),
    path("s/<slug:space>/-/pushes", space.pushes, name="space-pushes"),
    path("s/<slug:space>/-/pushes/<str:commit>", upload.progress, name="push"),
    path("s/<slug:space>/<path:path>", posts.show, name="post"),
]

search_urls = [
    path("search", search.index, name="search"),
    path("search/suggest", search.suggestions, name="search-suggest"),
    path("search/suggest.json", search.suggestions_json, name="search-suggest-json"),
    path("search/opensearch.xml", search.description, name="search-description"),
]

# What somebody is told, and what they follow.
telling_urls = [
    path("account/notifications", notifications.index, name="notifications"),
    path("account/notifications/bell", notifications.bell, name="bell"),
    path("account/notifications/settings", notifications.settings, name="notification-settings"),
    path("account/notifications/<int:pk>", notifications.show, name="notification"),
    path("account/webhooks", webhooks.own, name="webhooks"),
    path("account/following", follows.index, name="following"),
    path("unsubscribe/<str:token>", unsubscribe.index, name="unsubscribe"),
    path("follow/<str:kind>/", follows.button, name="follow-named"),
    path("follow/<str:kind>/<path:target>", follows.button, name="follow"),
]

insights_urls = [
    path(f"helper/{helper.MODULE}", helper.module, name="helper-module"),
    path(f"helper/{helper.wheel_name()}", helper.wheel, name="helper-wheel"),
    path(f"client/{helper.client_name()}", helper.client, name="client-wheel"),
    path("insights/", insights.index, name="insights"),
    path("insights/<slug:space>/<str:name>", insights.show, name="insight"),
    path("insights/<slug:space>/<str:name>/shifts", insights.shifts, name="insight-shifts"),
    path("insights/<slug:space>/<str:name>/used", decisions.use, name="insight-used"),
    path("insights/used/<int:pk>/undo", decisions.undo, name="used-undo"),
    path("account/used", decisions.index, name="used"),
]
# A library's name may hold slashes.
libraries_urls = [
    path("libraries/", libraries.index, name="libraries"),
    path("libraries/<path:library>/impact", libraries.impact, name="library-impact"),
    path("libraries/<path:library>/impact.csv", libraries.export, name="library-impact-csv"),
    path("libraries/<path:library>", libraries.show, name="library"),
    path("campaigns/", campaigns.index, name="campaigns"),
    path("campaigns/new", campaigns.create, name="campaign-new"),
    path("campaigns/<int:pk>", campaigns.show, name="campaign"),
    path("campaigns/<int:pk>/edit", campaigns.edit, name="campaign-edit"),
    path("campaigns/<int:pk>/mark", campaigns.mark, name="campaign-mark"),
]
datasets_urls = [
    path("datasets/", datasets.index, name="datasets"),
    path("datasets/investigations/<int:pk>", datasets.investigation, name="investigation"),
    path("datasets/<path:name>", datasets.show, name="dataset"),
]

# What other sites show. See docs/dashboards.md.
embed_urls = [
    path("embed/insights/<slug:space>/<str:name>", embed.insight, name="embed-insight"),
    path("embed/badges/<slug:space>/<str:name>.svg", embed.insight_badge, name="embed-badge"),
    path("embed/posts/<int:pk>/outputs/<int:number>", embed.output, name="embed-output"),
    path("embed/<str:token>.svg", embed.keyed_badge, name="embed-keyed-badge"),
    path("embed/<str:token>", embed.keyed, name="embed"),
    path("account/embeds", embed.addresses, name="embeds"),
    path("oembed", oembed.provide, name="oembed"),
]
collections_urls = [
    path("collections/", collections.index, name="collections"),
    path("collections/new", curating.create, name="collection-new"),
    path("collections/<int:pk>", collections.show, name="collection"),
    path("collections/<int:pk>/edit", curating.edit, name="collection-edit"),
    path("collections/<int:pk>/find", curating.find, name="collection-find"),
    path("collections/<int:pk>/posts", curating.change, name="collection-posts"),
    path("p/<int:pk>/collections", collections.of_post, name="post-collections"),
]

# Of a knowledge-repo that was brought over. See docs/import.md, "Old addresses".
moved_urls = [
    path("post/<path:path>", moved.show, name="old-address"),
    path("edit/<path:path>", moved.show, name="old-editor"),
    path("render", moved.asked, name="old-render"),
    path("presentation", moved.asked, name="old-presentation"),
    path("ajax/post/download", moved.asked, name="old-download"),
    path("feed", moved_lists.posts, name="old-feed"),
    path("table", moved_lists.table, name="old-table"),
    path("cluster", moved_lists.clusters, name="old-cluster"),
    path("tag_pages", moved_lists.tag, name="old-tag"),
    path("batch_tags", moved_lists.tag, name="old-tags"),
    path("create", RedirectView.as_view(pattern_name="upload"), name="old-create"),
    path("edit", RedirectView.as_view(pattern_name="upload"), name="old-edit"),
    path("auth/login", RedirectView.as_view(pattern_name="feed"), name="old-login"),
]

# Before what their second word could be taken for: "mine" is nobody's token.
atom_urls = [
    path("feeds/mine/<str:kind>/<path:target>.atom", atom.mine, name="atom-mine"),
    path("feeds/<str:token>/<str:kind>/<path:target>.atom", atom.show, name="atom"),
    path("account/feeds", atom.settings_page, name="feeds"),
]

urlpatterns = [
    path("", feed.index, name="feed"),
    path("posts", post_table.index, name="post-table"),
    path("posts.csv", post_table.export, name="post-table-csv"),
    *posts_urls,
    *reviews_urls,
    *talk_urls,
    *reads_urls,
    *questions_urls,
    *moved_urls,
    *content_urls,
    *spaces_urls,
    *telling_urls,
    *search_urls,
    *atom_urls,
    *collections_urls,
    *insights_urls,
    *libraries_urls,
    *datasets_urls,
    *embed_urls,
    path("tags/", tags.index, name="tags"),
    path("tags/<path:tag>", tags.show, name="tag"),
    path("people/", people.index, name="people"),
    path("tag-names", tag_names.edit, name="tag-edit"),
    path("people/<str:username>", people.show, name="person"),
    path("upload", upload.index, name="upload"),
    path("account/tokens", accounts.tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke", accounts.revoke_token, name="token-revoke"),
    path("account/profile", accounts.profile, name="profile"),
    path("accounts/email/", RedirectView.as_view(pattern_name="profile")),  # see ACCOUNT_SIGNUP_FIELDS
    path("accounts/", include("allauth.urls")),
    path("favicon.ico", icon.favicon, name="favicon"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", health.metrics, name="metrics"),
    path("audit", audit.index, name="audit"),
    path("audit.<str:form>", audit.export, name="audit-export"),
    path("admin/", admin.site.urls),
    path("", include("api.urls")),
]

handler404 = "portal.views.errors.not_found"
handler403 = "portal.views.errors.forbidden"
handler400 = "portal.views.errors.bad_request"
handler500 = "portal.views.errors.server_error"
