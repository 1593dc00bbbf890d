"""Without git: folders, `.kp` folders and zips, plain documents."""

import os
import zipfile
from pathlib import Path

import pytest

from knowledge.documents import read_head
from knowledge.errors import UserError
from knowledge.git import Repository
from knowledge.models import Post, Revision
from tests.knowledge.pipeline.importing.conftest import Import, outcomes
from tests.knowledge.pipeline.importing.old_portal import Content, at, post, write_folder, write_zip

CORPUS = Path(__file__).parents[5] / "shared/corpus/airbnb+knowledge-repo/tests/test_posts"


def shown() -> set[str]:
    return set(Post.objects.published().values_list("path", flat=True))


def test_a_folder_of_posts_comes_in_one_commit(bring: Import, tmp_path: Path) -> None:
    files = at("a.kp", post("A")) | at("deep/b.kp", post("B")) | {".knowledge_repo_config.yml": ""}
    root = write_folder(tmp_path / "repo", files | {"knowledge_template.md": "---\ntitle: T\n---\n"})
    report = bring(root)
    assert outcomes(report) == {"a.kp": "new", "deep/b.kp": "new"}
    assert report.commits == 1
    assert shown() == {"a.kp/knowledge.md", "deep/b.kp/knowledge.md"}
    assert bring(root).commits == 0


def test_zips_become_folders(bring: Import, tmp_path: Path) -> None:
    write_zip(tmp_path / "repo/a.kp", post("A") | {"images/x.png": b"x"})
    bring(tmp_path / "repo")
    repository = Repository("growth")
    assert repository.find(repository.head("main"), "a.kp/images/x.png")
    assert shown() == {"a.kp/knowledge.md"}


@pytest.mark.parametrize("name", ["a.kp", "a.zip"])
def test_a_single_zip_goes_where_its_header_says(bring: Import, tmp_path: Path, name: str) -> None:
    write_zip(tmp_path / name, post("A", path="projects/a"))
    assert outcomes(bring(tmp_path / name)) == {"projects/a.kp": "new"}


def test_a_zip_of_a_whole_folder_is_opened_too(bring: Import, tmp_path: Path) -> None:
    bring(write_zip(tmp_path / "b.kp", at("b.kp", post("B"))))
    assert shown() == {"b.kp/knowledge.md"}


def test_a_single_folder_is_a_post(bring: Import, tmp_path: Path) -> None:
    assert outcomes(bring(write_folder(tmp_path / "a.kp", post("A")))) == {"a.kp": "new"}


def test_plain_documents_with_a_header_come_with_what_they_show(bring: Import, tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "a.md": "---\ntitle: A\n---\n![x](img/x.png) [d](<data.csv>) ![no](../../x) ![n](.git/config)",
        "img/x.png": b"x",
        "data.csv": "1,2",
        "other.csv": "3,4",
        "README.md": "# No header",
    }
    bring(write_folder(tmp_path / "repo", files))
    repository = Repository("growth")
    there = {entry.path for entry in repository.entries(repository.head("main"))}
    assert there == {"a.md", "img/x.png", "data.csv"}
    assert shown() == {"a.md"}


def test_plain_documents_that_are_left_out_are_told(bring: Import, tmp_path: Path) -> None:
    headed = "---\ntitle: A\n---\nText"
    names = ["a.Rmd", "a_files/b.md", "node_modules/x/c.md", "site/d.md"]
    root = write_folder(
        tmp_path / "docs", dict.fromkeys(names, headed) | {"e.md": "No header", "f.py": "f = 1"}
    )
    report = bring(root)
    assert outcomes(report) == {"a.Rmd": "new", "site/d.md": "new"}
    assert [note.message for note in report.notes[:3]] == [
        "What lies in a_files/ is left out: tools fill such folders.",
        "What lies in node_modules/ is left out: tools fill such folders.",
        "Left out, for they have no header (documents of a git repository need none, push it instead): e.md.",
    ]


def test_files_beside_a_plain_document_replace_none_that_is_here(bring: Import, tmp_path: Path) -> None:
    text = "---\ntitle: A\n---\n![x](x.png)"
    bring(write_folder(tmp_path / "one", {"a.md": text, "x.png": b"one"}))
    bring(write_folder(tmp_path / "two", {"b.md": text + " two", "x.png": b"two"}))
    repository = Repository("growth")
    entry = repository.find(repository.head("main"), "x.png")
    assert entry is not None
    # An import put it there, so that the next may replace it; what a person put there stays.
    assert repository.read(entry.blob) == b"two"


def test_what_is_gone_from_a_folder_stays_here(bring: Import, tmp_path: Path) -> None:
    bring(write_folder(tmp_path / "repo", at("a.kp", post("A")) | at("b.kp", post("B"))))
    for path in (tmp_path / "repo/b.kp").iterdir():
        path.unlink()
    (tmp_path / "repo/b.kp").rmdir()
    assert outcomes(bring(tmp_path / "repo")) == {"a.kp": "unchanged"}
    assert len(shown()) == 2


def test_a_post_that_moved_between_folders_is_the_same_post(bring: Import, tmp_path: Path) -> None:
    bring(write_folder(tmp_path / "one", at("a.kp", post("A", uuid="1"))))
    assert outcomes(bring(write_folder(tmp_path / "two", at("b.kp", post("A, again", uuid="1"))))) == {
        "b.kp": "moved"
    }
    assert Post.objects.get().former_paths.get().path == "a.kp/knowledge.md"


@pytest.mark.parametrize(("path", "code"), [("nowhere", "no-such-source"), ("empty", "nothing-to-import")])
def test_where_there_is_nothing_it_says_so(bring: Import, tmp_path: Path, path: str, code: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError) as refused:
        bring(tmp_path / path)
    assert refused.value.code == code


class TestHostile:
    """Each is refused with its reason; the post beside it comes."""

    def test_symbolic_links(self, bring: Import, tmp_path: Path) -> None:
        root = write_folder(tmp_path / "repo", at("a.kp", post()) | at("b.kp", post()))
        (root / "b.kp/passwd").symlink_to("/etc/passwd")
        (root / "c.kp").symlink_to(root / "a.kp")
        assert outcomes(bring(root)) == {"a.kp": "new", "b.kp": "refused", "c.kp": "refused"}

    def test_pipes(self, bring: Import, tmp_path: Path) -> None:
        root = write_folder(tmp_path / "repo", at("a.kp", post()) | at("b.kp", post()))
        os.mkfifo(root / "b.kp/pipe")
        os.mkfifo(root / "c.kp")
        assert outcomes(bring(root)) == {"a.kp": "new", "b.kp": "refused", "c.kp": "refused"}

    @pytest.mark.parametrize(
        "name",
        ["../x", "/etc/x", "a/../../x", "a\\b", ".git/config", "x\ny", "C:\\x", "knowledge.MD", "a//b"],
    )
    def test_names_in_zips(self, bring: Import, tmp_path: Path, name: str) -> None:
        write_zip(tmp_path / "repo/bad.kp", post() | {name: "x"})
        write_folder(tmp_path / "repo", at("a.kp", post()))
        assert outcomes(bring(tmp_path / "repo")) == {"a.kp": "new", "bad.kp": "refused"}

    def test_links_in_zips(self, bring: Import, tmp_path: Path) -> None:
        path = write_zip(tmp_path / "bad.kp", post())
        with zipfile.ZipFile(path, "a") as archive:
            link = zipfile.ZipInfo("link")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, "/etc/passwd")
        assert "symbolic link" in bring(path).lines[0].reason

    @pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04 cut short"])
    def test_broken_zips(self, bring: Import, tmp_path: Path, data: bytes) -> None:
        (tmp_path / "bad.kp").write_bytes(data)
        assert "damaged" in bring(tmp_path / "bad.kp").lines[0].reason

    def test_zips_that_unfold_without_end(self, bring: Import, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "bad.kp", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("knowledge.md", "x")
            for n in range(6):
                archive.writestr(f"{n}.bin", b"\0" * 100_000_000, compresslevel=1)
        assert "more than 500 MB" in bring(tmp_path / "bad.kp").lines[0].reason

    def test_too_many_files(self, bring: Import, tmp_path: Path) -> None:
        write_zip(tmp_path / "bad.kp", post() | {f"{n}": "" for n in range(2_001)})
        assert "2,000 are the most" in bring(tmp_path / "bad.kp").lines[0].reason

    def test_posts_without_a_text(self, bring: Import, tmp_path: Path) -> None:
        root = write_folder(tmp_path / "repo", {"a.kp/images/x.png": b"x"})
        assert "no knowledge.md" in bring(root).lines[0].reason

    def test_names_that_are_one_file_on_some_disks(self, bring: Import, tmp_path: Path) -> None:
        bring(write_folder(tmp_path / "one", at("Late.kp", post())))
        assert (
            "only in capitals" in bring(write_folder(tmp_path / "two", at("late.kp", post()))).lines[0].reason
        )


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_the_posts_of_knowledge_repo_itself_import_and_read_right(bring: Import) -> None:
    report = bring(CORPUS)
    documents = sorted(path for path in CORPUS.iterdir() if path.is_file())
    assert set(outcomes(report)) == {path.name for path in documents}
    for path in documents:
        head = read_head(path.name, path.read_bytes())
        there = Post.objects.get(path=path.name)
        assert there.status == Post.Status.PUBLISHED, path.name
        assert (there.title, there.tldr) == (head.header.title, head.header.tldr)
        assert there.tags == [tag.lower() for tag in head.header.tags]
        assert (there.created_at, there.updated_at) == (head.header.created_at, head.header.updated_at)
        assert [it.name for it in there.authorships.all()] == list(head.header.authors)
        assert all(it.user and it.user.unclaimed for it in there.authorships.all())
        assert there.published_at == there.created_at
    assert Revision.objects.count() == len(documents)
