"""Which files make posts: scripts with a header, sources with what was knitted from them, folders of .kp."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.documents.scripts import MAX_BYTES
from knowledge.errors import UserError
from knowledge.models import Post, Rendering
from knowledge.pipeline import ingest
from knowledge.pipeline.submit import submit
from tests.knowledge.pipeline.desk import NOON, Desk, paths, reconcile

SCRIPT = "# ---\n# title: Late on Mondays\n# ---\n\n# # Deliveries\n\nprint(1)\n"
CODE = "import os\n\nprint(os.getcwd())\n"
RMD = "---\ntitle: Late on Mondays\n---\n\n```{r}\n1 + 1\n```\n"
KNITTED = "<!doctype html><title>Knitted</title><p>The sum is 2.</p>"


def live() -> set[str]:
    return set(Post.objects.live().values_list("path", flat=True))


class TestScripts:
    @pytest.mark.parametrize("name", ["late.py", "late.R", "late.jl"])
    def test_one_with_a_header_is_a_post(self, desk: Desk, name: str) -> None:
        desk.publish({name: SCRIPT, "library.py": CODE, "tools/more.R": CODE, "x.jl": CODE})
        post = desk.post(name)
        assert (post.title, post.status) == ("Late on Mondays", "published")
        assert live() == {name}

    def test_one_that_loses_its_header_loses_its_post(self, desk: Desk) -> None:
        desk.publish({"late.py": SCRIPT})
        desk.publish({"late.py": CODE})
        assert desk.post("late.py").status == "deleted"

    def test_one_that_gains_a_header_becomes_a_post_and_after_a_loss_the_same_post(self, desk: Desk) -> None:
        desk.publish({"late.py": CODE})
        assert live() == set()
        desk.publish({"late.py": SCRIPT})
        first = desk.post("late.py")
        desk.publish({"late.py": CODE})
        desk.publish({"late.py": SCRIPT})
        assert desk.post("late.py") == first
        assert first.revisions.count() == 1

    def test_one_that_moves_and_loses_its_header_on_the_way_loses_its_post(self, desk: Desk) -> None:
        body = "\n".join(f"print({n})" for n in range(50))
        desk.publish({"late.py": SCRIPT + body})
        desk.publish({"late.py": None, "lib/late.py": body})
        assert live() == set()

    def test_one_that_moves_stays_the_same_post(self, desk: Desk) -> None:
        desk.publish({"late.py": SCRIPT})
        before = desk.post("late.py")
        desk.publish({"late.py": None, "logistics/late.py": SCRIPT})
        assert desk.post("logistics/late.py") == before

    def test_one_of_megabytes_is_code_whatever_it_begins_with(self, desk: Desk) -> None:
        desk.publish({"big.py": SCRIPT + "#" * MAX_BYTES})
        assert live() == set()

    def test_the_rules_may_change_and_code_stays_code(self, desk: Desk) -> None:
        desk.publish({"late.py": SCRIPT, "lib.py": CODE})
        desk.publish({".almanacignore": "nothing\n"})
        assert live() == {"late.py"}

    def test_one_without_header_is_not_taken_as_a_document(self, desk: Desk, alice) -> None:
        with pytest.raises(UserError) as refused:
            submit(
                by=alice, space=desk.space, path="a.py", file=io.BytesIO(CODE.encode()), documents_only=True
            )
        assert refused.value.code == "script-without-header"
        submit(by=alice, space=desk.space, path="b.py", file=io.BytesIO(SCRIPT.encode()), documents_only=True)


class TestWhatIsKnitted:
    @pytest.mark.parametrize(
        ("source", "knitted"),
        [("a.Rmd", "a.html"), ("a.Rmd", "a.nb.html"), ("a.rmd", "a.md"), ("x/a.qmd", "x/a.html")],
    )
    def test_it_is_shown_in_the_place_of_its_source_and_makes_no_post(
        self, desk: Desk, source: str, knitted: str
    ) -> None:
        desk.publish({source: RMD, knitted: KNITTED})
        post = desk.post(source)
        revision = post.published_revision
        assert revision is not None
        assert live() == {source}
        assert (post.title, revision.knitted_path) == ("Late on Mondays", knitted)
        assert revision.source_digest != revision.rendering.source_digest
        assert "The sum is 2." in revision.rendering.text
        assert revision.rendering.format == ("md" if knitted.endswith(".md") else "html")

    def test_html_is_shown_before_markdown_which_makes_no_post_either(self, desk: Desk) -> None:
        desk.publish({"a.Rmd": RMD, "a.md": "# Knitted", "a.html": KNITTED})
        assert live() == {"a.Rmd"}
        assert desk.post("a.Rmd").published_revision.knitted_path == "a.html"  # type: ignore[union-attr]

    def test_its_change_alone_is_a_revision_of_the_source_told_by_its_own_commit(self, desk: Desk) -> None:
        desk.publish({"a.Rmd": RMD, "a.html": KNITTED})
        desk.push({"a.html": KNITTED.replace("2", "3")}, message="Knit again", at=NOON + timedelta(hours=1))
        desk.publish({"other.md": "# Other"}, message="Another thing", at=NOON + timedelta(hours=2))
        post = desk.post("a.Rmd")
        revision = post.published_revision
        assert revision is not None
        assert (revision.number, revision.message) == (2, "Knit again")
        assert "The sum is 3." in revision.rendering.text

    def test_its_coming_and_going_are_revisions(self, desk: Desk) -> None:
        desk.publish({"a.Rmd": RMD})
        desk.publish({"a.html": KNITTED})
        desk.publish({"a.html": None})
        revisions = desk.post("a.Rmd").revisions.order_by("number")
        assert [revision.knitted_path for revision in revisions] == ["", "a.html", ""]
        assert desk.post("a.Rmd").published_revision == revisions.last()
        assert revisions[0].rendering == revisions[2].rendering

    def test_one_that_was_a_post_ends_when_its_source_comes_and_returns_when_that_goes(
        self, desk: Desk
    ) -> None:
        desk.publish({"a.html": KNITTED})
        alone = desk.post("a.html")
        desk.publish({"a.Rmd": RMD})
        assert live() == {"a.Rmd"}
        desk.publish({"a.Rmd": None})
        assert live() == {"a.html"}
        assert desk.post("a.html") == alone

    def test_both_move_as_one_post(self, desk: Desk) -> None:
        desk.publish({"a.Rmd": RMD, "a.html": KNITTED})
        before = desk.post("a.Rmd")
        desk.publish({"a.Rmd": None, "a.html": None, "x/b.Rmd": RMD, "x/b.html": KNITTED})
        after = desk.post("x/b.Rmd")
        assert (after, after.revisions.count(), live()) == (before, 1, {"x/b.Rmd"})

    def test_a_source_that_moves_away_leaves_it_a_post(self, desk: Desk) -> None:
        desk.publish({"a.Rmd": RMD, "a.html": KNITTED})
        desk.publish({"a.Rmd": None, "b.Rmd": RMD})
        assert live() == {"a.html", "b.Rmd"}
        assert desk.post("b.Rmd").published_revision.knitted_path == ""  # type: ignore[union-attr]

    def test_markdown_with_a_header_and_no_source_beside_it_is_a_post(self, desk: Desk) -> None:
        desk.publish({"a.md": RMD, "other.Rmd": RMD, "x/a.Rmd": RMD})
        assert live() == {"a.md", "other.Rmd", "x/a.Rmd"}

    def test_an_ignored_source_leaves_it_a_post_and_ignored_it_shows_the_source(self, desk: Desk) -> None:
        desk.publish({".almanacignore": "*.Rmd\n", "a.Rmd": RMD, "a.html": KNITTED})
        assert live() == {"a.html"}
        desk.publish({".almanacignore": "*.html\n"})
        assert live() == {"a.Rmd"}
        assert desk.post("a.Rmd").published_revision.knitted_path == ""  # type: ignore[union-attr]

    def test_the_readme_of_a_folder_stays_its_introduction(self, desk: Desk) -> None:
        desk.publish({"README.Rmd": RMD, "README.md": "# About"})
        assert {path: desk.post(path).kind for path in live()} == {"README.md": "introduction"}

    def test_without_a_title_of_the_source_its_own_counts(self, desk: Desk) -> None:
        desk.publish({"a-b.Rmd": "Just text.\n", "a-b.html": KNITTED})
        assert desk.post("a-b.Rmd").title == "Knitted"

    def test_one_that_cannot_be_shown_says_so_at_the_source(self, desk: Desk) -> None:
        desk.publish({"a.Rmd": RMD, "a.html": " "})
        rendering = desk.post("a.Rmd").latest_revision.rendering  # type: ignore[union-attr]
        assert (rendering.state, rendering.failure_code) == (Rendering.State.FAILED, "empty-document")

    def test_a_source_that_cannot_be_read_is_a_fault_beside_it(self, desk: Desk) -> None:
        desk.publish({"a.Rmd": b"version https://git-lfs.github.com/spec/v1\n", "a.html": KNITTED})
        post = desk.post("a.Rmd")
        assert post.status == "published"
        assert [fault["code"] for fault in post.latest_revision.faults] == ["lfs-pointer"]  # type: ignore[union-attr]

    def test_the_number_of_queries_does_not_grow_with_them(self, desk: Desk) -> None:
        def counted(names: list[str]) -> int:
            files = {f"{name}.Rmd": RMD + name for name in names}
            files |= {f"{name}.html": KNITTED + name for name in names} | {
                f"{name}.py": CODE for name in names
            }
            desk.push(files)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                reconcile(desk)
            return len(queries)

        ingest.reconcile(desk.space.pk)
        few = counted(["a"])
        assert counted([f"n{number}" for number in range(30)]) <= few + 2


class TestKnowledgePosts:
    def test_a_folder_is_one_post_named_after_it(self, desk: Desk) -> None:
        desk.publish(
            {
                "posts/free_delivery.kp/knowledge.md": "Just text.",
                "posts/free_delivery.kp/orig_src/free.ipynb": "{}",
                "posts/free_delivery.kp/README.md": "# Not this",
                "posts/free_delivery.kp/images/knowledge.md": "# Nor this",
            }
        )
        assert paths() == {"posts/free_delivery.kp/knowledge.md"}
        assert desk.post("posts/free_delivery.kp/knowledge.md").title == "Free delivery"

    def test_a_zip_is_one_with_its_pictures(self, desk: Desk) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as file:
            file.writestr("knowledge.md", RMD)
        desk.publish({"late.kp": packed.getvalue()})
        post = desk.post("late.kp")
        assert (post.title, post.status) == ("Late on Mondays", "published")
