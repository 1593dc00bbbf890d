"""PURE: what code, outputs and headers name, by reading them: libraries, datasets, insights. Nothing is run.

All of it takes bounded time whatever the text holds, and would rather miss a name than make one up.
"""

from knowledge.extracting.insights import (
    Insight,
    insight_in_output,
    insight_of,
    insights_in_header,
    wrong_in_header,
    wrong_in_output,
)
from knowledge.extracting.names import dataset_name
from knowledge.extracting.together import UsesOfDocument
from knowledge.extracting.uses import NOTHING, Uses, uses_of
from knowledge.extracting.versions import versions_shown

__all__ = [
    "NOTHING",
    "Insight",
    "Uses",
    "UsesOfDocument",
    "dataset_name",
    "insight_in_output",
    "insight_of",
    "insights_in_header",
    "uses_of",
    "versions_shown",
    "wrong_in_header",
    "wrong_in_output",
]
