"""What the operator types."""

from io import StringIO

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from knowledge import storage
from knowledge.models import AccessToken, Membership, Post, Push, Rendering, Revision, Space, User
from knowledge.permissions import role_in
from knowledge.pipeline import rebuild as rebuilding
from knowledge.pipeline.rebuild import rebuild
from knowledge.rendering import RENDERER_VERSION
from tests.cast import MakePost
from tests.knowledge.pipeline.desk import Desk, render_all


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def desk(growth: Space) -> Desk:
    return Desk(growth)


class TestCreateToken:
    def test_it_prints_the_token_and_nothing_else(self, alice: User) -> None:
        secret = run("create_token", "alice", "--scope", "read", "write", "--name", "laptop")
        token = AccessToken.objects.find(secret.strip())
        assert token is not None
        assert (token.user, token.name, token.scopes) == (alice, "laptop", ["read", "write"])
        assert secret.count("\n") == 1

    def test_without_a_scope_it_may_write_and_not_administer(self, alice: User) -> None:
        token = AccessToken.objects.find(run("create_token", "alice").strip())
        assert token is not None
        assert token.allows("write")
        assert not token.allows("admin")

    def test_a_scope_may_be_given_several_times(self, alice: User) -> None:
        secret = run("create_token", "alice", "--scope", "read", "--scope", "admin")
        token = AccessToken.objects.find(secret.strip())
        assert token is not None
        assert token.scopes == ["admin", "read"]

    def test_nobody_is_nobody(self, db: None) -> None:
        with pytest.raises(CommandError, match="nobody named zoe"):
            run("create_token", "zoe")


class TestCreateSpace:
    def test_it_prints_the_address_to_push_to(self, alice: User, data_dir: object) -> None:
        out = run("create_space", "risk", "--restricted", "--maintainer", "alice", "--name", "Risk")
        space = Space.objects.get(slug="risk")
        assert out.strip().endswith("/git/risk.git")
        assert space.is_restricted
        assert role_in(space, alice) == "maintainer"

    def test_without_a_maintainer_the_superuser_is_it(self, admin: User, data_dir: object) -> None:
        run("create_space", "risk")
        assert Membership.objects.get().user == admin

    def test_it_says_what_is_missing(self, db: None, data_dir: object) -> None:
        with pytest.raises(CommandError, match="--maintainer"):
            run("create_space", "risk")
        with pytest.raises(CommandError, match="zoe"):
            run("create_space", "risk", "--maintainer", "zoe")

    def test_a_bad_address_is_refused_in_words(self, admin: User, data_dir: object) -> None:
        with pytest.raises(CommandError, match="lower-case"):
            run("create_space", "Risk!")


class TestLoadSamples:
    def test_everybody_and_everything_is_there(self, db: None, data_dir: object) -> None:
        run("load_samples")
        carol, mallory = (User.objects.get(username=name) for name in ("carol", "mallory"))
        assert carol.check_password("almanac")
        assert User.objects.get(username="admin").is_superuser
        render_all()
        assert not Rendering.objects.exclude(state="ready").exists()
        assert Post.objects.visible_to(carol).published().count() == 8
        assert Post.objects.visible_to(mallory).published().filter(space__slug="finance").count() == 0
        assert not Post.objects.filter(path__startswith="drafts/").exists()
        assert all(author.user for post in Post.objects.all() for author in post.authorships.all())

    def test_loading_again_changes_nothing_and_keeps_changes(self, db: None, data_dir: object) -> None:
        run("load_samples")
        User.objects.filter(username="alice").update(name="Alice A.")
        counts = [model.objects.count() for model in (User, Space, Membership, Push, Post, Revision)]
        run("load_samples")
        assert counts == [model.objects.count() for model in (User, Space, Membership, Push, Post, Revision)]
        assert User.objects.get(username="alice").name == "Alice A."


class TestRebuild:
    def test_it_takes_in_what_was_missed(self, desk: Desk) -> None:
        desk.push({"late.md": "# Late"})
        run("rebuild", "--space", "growth")
        assert Push.objects.count() == 1

    def test_posts_come_back_from_git_alone(self, desk: Desk) -> None:
        desk.publish({"late.md": "# Late", "b.md": "# B"})
        Post.objects.update(status="draft", published_revision=None)
        Post.objects.all().delete()
        Space.objects.update(ingested_commit="")
        run("rebuild")
        render_all()
        assert Post.objects.published().count() == 2

    def test_an_older_drawing_stays_up_until_todays_is_ready(self, desk: Desk) -> None:
        desk.publish({"late.md": "# Late"})
        Rendering.objects.update(renderer_version="0")
        assert "1 documents" in run("rebuild")
        post = desk.post("late.md")
        assert post.published_revision is not None
        assert post.published_revision.rendering.renderer_version == "0"
        render_all()
        post.published_revision.refresh_from_db()
        assert post.published_revision.rendering.renderer_version == RENDERER_VERSION
        assert rebuild(desk.space) == 0

    def test_after_an_upgrade_it_happens_by_itself_a_few_at_a_time(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rebuilding, "A_MINUTE", 2)
        desk.publish({f"{name}.md": f"# {name}" for name in "abc"})
        Rendering.objects.update(renderer_version="0")
        for drawn in (2, 3, 3):
            rebuilding.renew()
            assert Rendering.objects.filter(renderer_version=RENDERER_VERSION).count() == drawn

    def test_a_source_that_storage_lost_is_taken_from_git(self, desk: Desk) -> None:
        desk.publish({"late.md": "# Late"})
        Rendering.objects.update(renderer_version="0")
        digest = Rendering.objects.get().source_digest
        storages["blobs"].delete(storage.key(digest))
        run("rebuild")
        render_all()
        assert Rendering.objects.get(renderer_version=RENDERER_VERSION).state == "ready"

    def test_a_space_that_is_not_there_is_named(self, db: None) -> None:
        with pytest.raises(CommandError, match="no space named zoo"):
            run("rebuild", "--space", "zoo")


class TestOutcomes:
    def test_it_counts_by_format_and_names_each_failure(self, desk: Desk) -> None:
        desk.publish({"a.md": "# A", "bad.ipynb": "", "gone.md": "x"})
        desk.push({"new.md": "# New", "gone.md": None})
        run("rebuild")
        out = run("outcomes", "--space", "growth")
        assert [line.split() for line in out.splitlines()[:3]] == [
            ["Format", "Documents", "Ready", "Failed", "Unfinished"],
            ["ipynb", "1", "0", "1", "0"],
            ["md", "2", "1", "0", "1"],
        ]
        assert "bad.ipynb" in out
        assert "gone.md" not in out

    def test_as_markdown_it_is_tables(self, desk: Desk) -> None:
        desk.publish({"a|b.ipynb": ""})
        out = run("outcomes", "--space", "growth", "--markdown")
        assert "| ipynb | 1 | 0 | 1 | 0 |\n\n" in out
        assert "| a\\|b.ipynb | The file is empty. |" in out

    def test_a_space_that_is_not_there_is_named(self, db: None) -> None:
        with pytest.raises(CommandError, match="no space named zoo"):
            run("outcomes", "--space", "zoo")


class TestMergePeople:
    @pytest.fixture
    def sally(self, db: None) -> User:
        return User.objects.create(username="sally", is_active=False, unclaimed=True)

    def test_it_says_what_is_brought_over(
        self, alice: User, sally: User, growth: Space, make_post: MakePost
    ) -> None:
        make_post(growth, authors=(sally,))
        Membership.objects.filter(user=alice).delete()
        Membership.objects.create(space=growth, user=sally)
        expected = "another name of alice. Brought over: 1 posts.\nMember of growth.\n"
        assert run("merge_people", "sally", "alice", "--dry-run") == f"sally would be {expected}"
        assert run("merge_people", "sally", "alice") == f"sally is {expected}"
        assert "nothing to do" in run("merge_people", "sally", "alice")

    def test_a_refusal_says_what_to_do(self, alice: User, bob: User) -> None:
        with pytest.raises(CommandError, match="Name the imported person first"):
            run("merge_people", "bob", "alice")
