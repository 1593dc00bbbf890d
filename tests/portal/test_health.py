"""Health names each part with a word; metrics are for those who run the portal."""

import subprocess
import sys

import pytest
from django.db import connection

from knowledge.models import Rendering
from portal.views import health
from tests.cast import THE_DAY


def test_alive_asks_nothing_of_the_database(client):
    assert client.get("/health/live").content == b"alive\n"


def test_the_first_request_finds_the_views_brought_in(settings):
    """Before gunicorn forks: a first request that imports them in each process takes seconds."""
    asked = "import portal.wsgi, sys; sys.exit('portal.views.health' not in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], cwd=settings.BASE_DIR, check=False).returncode == 0


def test_ready_names_every_part(client, db, data_dir):
    response = client.get("/health/ready")
    assert response.status_code == 200
    parts = response.json()
    assert parts.pop("mail") == "not sent: EMAIL_HOST is not set"
    assert parts == {"database": "ok", "migrations": "ok", "broker": "ok", "blobs": "ok"}


def test_a_mail_server_that_is_set_up_is_said(client, db, data_dir, settings):
    settings.SENDS_MAIL = True
    assert client.get("/health/ready").json()["mail"] == "ok"


def test_a_missing_table_is_said_in_words(client, db, data_dir):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'knowledge'")
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert "manage.py migrate" in response.json()["migrations"]


def test_a_broker_that_does_not_answer_is_said_in_words(client, db, data_dir, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/valkey.sock",
        }
    }
    response = client.get("/health/ready")
    assert (response.status_code, response.json()["broker"]) == (503, "Valkey does not answer")


def test_blobs_that_can_not_be_written_are_said_in_words(data_dir):
    (data_dir / "blobs").write_text("a file where the folder should be")
    assert "can't be written" in health.blobs()
    (data_dir / "blobs").unlink()
    assert health.blobs() == "ok"


@pytest.mark.parametrize("user", [None, "alice"])
def test_metrics_are_not_for_everyone(client, request, db, user):
    if user:
        client.force_login(request.getfixturevalue(user))
    assert client.get("/metrics").status_code == 401


@pytest.mark.parametrize(
    ("configured", "sent", "status"),
    [("s3cret", "Bearer s3cret", 200), ("s3cret", "bearer s3cret", 200), ("s3cret", "Bearer wrong", 401),
     ("s3cret", "Basic s3cret", 401), ("", "Bearer ", 401), ("", "Bearer", 401), ("s3cret", "Bearer ü", 401)],
)  # fmt: skip
def test_a_collector_brings_its_token(client, db, settings, configured, sent, status):
    settings.METRICS_TOKEN = configured
    assert client.get("/metrics", headers={"Authorization": sent}).status_code == status


def test_metrics_count_posts_renderings_and_pushes(client, admin, growth, make_post):
    make_post(growth, "a.md", title="A")
    make_post(growth, "b.md", title="B", rendering={"state": Rendering.State.QUEUED, "queued_at": THE_DAY})
    client.force_login(admin)
    response = client.get("/metrics")
    lines = response.content.decode().splitlines()
    assert response["Content-Type"].startswith("application/openmetrics-text")
    assert lines[-1] == "# EOF"
    for line in (
        'almanac_posts{status="published"} 1',
        'almanac_posts{status="draft"} 1',
        'almanac_renderings{state="queued"} 1',
        'almanac_renderings{state="failed"} 0',
        "almanac_pushes 0",
        "almanac_spaces 1",
        'almanac_deliveries{state="failed"} 0',
    ):
        assert line in lines
    assert any(line.startswith("almanac_oldest_queued_seconds ") for line in lines)


def test_metrics_cost_a_constant_number_of_queries(
    client, admin, growth, make_post, django_assert_num_queries
):
    for number in range(9):
        make_post(growth, f"{number}.md", title=f"{number}")
    client.force_login(admin)
    with django_assert_num_queries(10):  # session and person, then one a count
        client.get("/metrics")
