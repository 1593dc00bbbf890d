import pytest

from knowledge.models import Space
from tests.knowledge.pipeline.desk import Desk


@pytest.fixture
def desk(growth: Space) -> Desk:
    """The branch of growth."""
    return Desk(growth)
