"""/api/v1/stats/: the numbers of the pages, for the same people."""

from django.utils import timezone

from knowledge.models import DailyReads, Read
from tests.api.conftest import Call


def read(post, *users):
    today = timezone.localdate()
    for user in users:
        Read.objects.create(post=post, user=user, day=today, seen_at=timezone.now())
    DailyReads.objects.create(post=post, day=today, views=5, readers=len(users), reached_25=1)


def test_a_program_reads_the_figures_of_a_space(growth, make_post, dana, bob, carol, api: Call) -> None:
    post = make_post(growth, title="Churn")
    read(post, bob, carol)
    told = api(dana, "read").get("/api/v1/stats/?space=growth&days=2").json()
    assert (told["views"], told["reads"], told["readers"], told["finished"]) == (5, 2, 2, 0)
    assert [day["views"] for day in told["by_day"]] == [0, 5]
    assert told["reached"][0] == {"reach": 25, "reads": 1}
    assert [(each["title"], each["reads"]) for each in told["posts"]] == [("Churn", 2)]


def test_what_is_asked_for_wrongly_is_explained(alice, mallory, api: Call) -> None:
    client = api(alice, "read")
    for query in ("post=1&tag=x", "days=0", "days=x", "post=x", "tag=%00", "days=9999"):
        assert client.get(f"/api/v1/stats/?{query}").status_code == 400, query
    for query in (f"post={10**30}", "space=nowhere", "tag=nothing", "person=nobody"):
        assert client.get(f"/api/v1/stats/?{query}").status_code == 404, query
    refused = api(mallory, "read").get("/api/v1/stats/?person=alice")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-your-own-figures")
