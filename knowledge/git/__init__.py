"""Bare repositories: made, read, written to, and served to git clients. Every space is one of them."""

from knowledge.git.changes import Change
from knowledge.git.history import CommitInfo, Step
from knowledge.git.places import create_repository, repository_path
from knowledge.git.repository import Entry, Repository

__all__ = [
    "Change",
    "CommitInfo",
    "Entry",
    "Repository",
    "Step",
    "create_repository",
    "repository_path",
]
