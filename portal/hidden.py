"""Which files of a repository are as hidden as the post that they belong to."""

from collections.abc import Iterable

from knowledge.documents.knowledge_post import text_of_folder
from knowledge.models import Post, User


def hidden_from(reader: User, space: str, paths: Iterable[str]) -> set[str]:
    """Which of `paths` are the document of a post that `reader` may not see, or what is shown in its place.

    So are all files of a post that is a folder. One query.
    """
    texts = {path: text_of_folder(path) or path for path in paths}
    owners = Post.objects.ever_at(space, *{*texts, *texts.values()})
    unseen = owners.exclude(pk__in=Post.objects.visible_to(reader).values("pk"))
    columns = ("path", "revisions__path", "revisions__knitted_path", "former_paths__path")
    held = {path for row in unseen.values_list(*columns) for path in row if path}
    return {path for path, text in texts.items() if held & {path, text}}
