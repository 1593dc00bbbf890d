from tests.knowledge.git.conftest import _repositories, person

__all__ = ["_repositories", "person"]
