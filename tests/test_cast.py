"""The factory that page and API tests build on tells the truth."""

from knowledge import storage
from knowledge.models import Post, Role, Space, User
from knowledge.permissions import role_in
from tests.cast import MakePost


def test_a_made_post_is_published_with_its_source_in_storage(growth: Space, make_post: MakePost) -> None:
    post = make_post(growth, "retention.md", title="They come back", tags=["retention"])
    revision = Post.objects.published().tagged("retention").get().published_revision
    assert revision is not None
    assert revision == post.latest_revision
    assert b"They come back" in storage.read(revision.source_digest)


def test_the_same_path_again_is_the_next_revision(growth: Space, make_post: MakePost) -> None:
    make_post(growth)
    post = make_post(growth, title="Another", rendering={"state": "failed", "failure_code": "not-json"})
    assert [post.published_revision, post.latest_revision] == list(post.revisions.order_by("number"))


def test_restricted_spaces_are_hidden_from_the_outsider(
    growth: Space, finance: Space, mallory: User, carol: User, make_post: MakePost
) -> None:
    shown, hidden = make_post(growth), make_post(finance)
    assert list(Post.objects.visible_to(mallory)) == [shown]
    assert set(Post.objects.visible_to(carol)) == {shown, hidden}
    assert role_in(finance, carol) == Role.READER
