"""Examples of the OpenAPI document: bodies to send, by operation, and what was answered to them.

`{post}` in a body is an id: PLACES says which one the document shows, tests put one in that is there. The
answers in examples.json are recorded, not written: tests/api/test_examples.py says how.
"""

import json
from pathlib import Path
from typing import Any

PLACES: dict[str, Any] = {
    "post": 4,
    "post_id": "4",
    "reviewed": 5,
    "space": "finance",
}
REQUESTS: dict[str, dict[str, Any]] = {
    "campaigns_create": {"library": "pandas", "affected": "<2", "title": "pandas 2"},
    "campaigns_partial_update": {"what": "Run it again with pandas 2."},
    "campaigns_items_partial_update": {"state": "done", "note": "Runs with pandas 2."},
    "datasets_partial_update": {"title": "Prices", "every": "1d"},
    "datasets_observations_create": {"passed": False, "summary": "412 orders without a customer"},
    "datasets_observations_create_many": {
        "checks": [{"name": "row_count > 0", "table": "price.mean", "outcome": "pass"}],
        "scanStartTimestamp": "2026-11-28T06:00:00Z",
    },
    "datasets_investigations_close_create": {"note": "A test shop, taken out.", "holds": "yes"},
    "insights_decisions_create": {"what": "Two more drivers"},
    "insights_shifts_create": {"revision": 1, "note": "Counted by the new system"},
    "collections_create": {"space": "{space}", "title": "Begin here", "introduction": "Four posts."},
    "collections_partial_update": {"title": "Begin here"},
    "collections_posts_create": {"post": "{reviewed}"},
    "collections_posts_partial_update": {"note": "Why to read it."},
    "comments_create": {"post": "{post}", "body": "Why?"},
    "comments_preview_create": {"body": "Only **new** customers?"},
    "comments_partial_update": {"body": "Look again."},
    "posts_archive_create": {"why": "Prices have changed since."},
    "posts_confirm_create": {"note": "Ran it with October's data."},
    "posts_life_partial_update": {"refresh_days": 90},
    "posts_supersede_create": {"name": "b.md"},
    "posts_since_create": {"number": 2},
    "me_partial_update": {"name": "Alice Andersson"},
    "me_tokens_create": {"name": "nightly report", "scope": "read", "days": 90},
    "notifications_partial_update": {"read": True},
    "notifications_read_create": {"ids": [1]},
    "notifications_channels_partial_update": {"published": "mail_weekly"},
    "posts_create": {"file": "# What we found\n", "space": "{space}", "path": "new.md", "message": "Add"},
    "questions_create": {"title": "Are we late?", "why": "Shifts.", "space": "{space}"},
    "questions_partial_update": {"why": "Shifts."},
    "questions_accept_create": {"post": "{post}"},
    "questions_close_create": {"why": "Asked before."},
    "questions_decline_create": {"post": "{post}", "why": "Another one."},
    "reviews_create": {"post": "{post}"},
    "reviews_asked_create": {"reviewers": ["bob"]},
    "reviews_verdicts_create": {"revision": 1, "kind": "comment", "summary": "Well done."},
    "revisions_pass_create": {"note": "It is an example."},
    "spaces_create": {"slug": "pricing"},
    "spaces_uploads_create": {"file": ["# What we found\n"], "folder": "2026", "message": "Add"},
    "spaces_partial_update": {"description": "What to charge."},
    "spaces_members_update": {"role": "author"},
    "spaces_policy_partial_update": {"approvals": 2, "review_rules": "drafts/ optional"},
    "subscriptions_create": {"kind": "post", "target": "{post_id}"},
    "tags_partial_update": {"description": "What it costs."},
    "threads_partial_update": {"resolved": True},
    "embeds_create": {"space": "{space}", "name": "price.mean"},
    "webhooks_partial_update": {"events": ["post.published"]},
    "webhooks_create": {"space": "{space}", "url": "https://hooks.example/new"},
}
RECORDED = Path(__file__).with_name("examples.json")
ANSWERS: dict[str, Any] = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}


def filled(body: Any, places: dict[str, Any]) -> Any:
    """The body with what stands for `{post}` and its like."""
    if isinstance(body, dict):
        return {name: filled(value, places) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, places) for value in body]
    if isinstance(body, str) and body.startswith("{"):
        return places[body.strip("{}")]
    return body


def request_of(operation: str) -> Any:
    return filled(REQUESTS[operation], PLACES) if operation in REQUESTS else None
