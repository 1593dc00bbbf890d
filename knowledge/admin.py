"""The administration pages: people can be let in and out here, the rest is for looking.

Posts, revisions and renderings follow from the repositories, so that a change here would only last until the
next push; spaces and members change through their own pages, which write the audit log.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Model
from django.http import HttpRequest

from knowledge.models import AccessToken, AuditEvent, Delivery, Post, Push, Rendering, Revision, Space, User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    BaseUserAdmin = DjangoUserAdmin[User]
else:
    ModelAdmin = admin.ModelAdmin
    BaseUserAdmin = DjangoUserAdmin


admin.site.site_header = admin.site.site_title = "Almanac administration"
admin.site.index_title = "What is kept"


@admin.register(User)
class UserAdmin(BaseUserAdmin):
    list_display = ["username", "name", "email", "is_active", "is_superuser", "last_login"]
    search_fields = ["username", "name", "email"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["name", "email"]}),
        ("Import", {"fields": ["unclaimed", "imported_email", "claimed_by"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "name", "email", "password1", "password2"]})]
    readonly_fields = ["imported_email", "claimed_by", "last_login", "date_joined"]


class ReadOnlyAdmin(ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Space)
class SpaceAdmin(ReadOnlyAdmin):
    list_display = ["slug", "name", "visibility", "ingested_commit", "created_at"]
    list_filter = ["visibility"]
    search_fields = ["slug", "name"]


@admin.register(AccessToken)
class AccessTokenAdmin(ReadOnlyAdmin):
    list_display = ["name", "user", "hint", "scopes", "last_used_at", "expires_at", "revoked_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username", "hint"]
    exclude = ["digest"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["key", "kind", "state", "attempts", "due_at", "finished_at", "error"]
    list_filter = ["state", "kind"]
    search_fields = ["key", "error"]


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor_name", "action", "detail"]
    list_filter = ["action"]
    search_fields = ["actor_name", "action"]
    date_hierarchy = "at"


@admin.register(Post)
class PostAdmin(ReadOnlyAdmin):
    list_display = ["title", "space", "path", "status", "private", "published_at"]
    list_filter = ["status", "kind", "space"]
    list_select_related = ["space"]
    search_fields = ["title", "path"]


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = ["post", "number", "commit", "author_name", "committed_at", "published_at"]
    list_select_related = ["post"]
    search_fields = ["commit", "path"]


@admin.register(Rendering)
class RenderingAdmin(ReadOnlyAdmin):
    list_display = ["source_digest", "format", "renderer_version", "state", "crashes", "losses", "due_at"]
    list_filter = ["state", "format", "renderer_version", "failure_code"]
    search_fields = ["source_digest"]
    exclude = ["html", "text"]


@admin.register(Push)
class PushAdmin(ReadOnlyAdmin):
    list_display = ["space", "new_commit", "pushed_by", "pushed_at", "ingested_at"]
    list_filter = ["space"]
    list_select_related = ["space", "pushed_by"]
