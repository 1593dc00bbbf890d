"""Tables that posts show, as data; who gets them."""

import csv
import time
from io import StringIO
from typing import Any

import pytest

from knowledge.models import Post, Space, User
from tests.api.conftest import Call
from tests.cast import MakePost

HTML = (
    "<p>Text <table><tr><td>no output</td></tr></table></p>"
    '<figure class="figure" id="fig-1-1"><div class="plate"><img src="almanac-asset:x.png"></div></figure>'
    '<div class="rich"><div class="table-scroll" id="fig-2-1" tabindex="0"><table class="dataframe"><thead>'
    '<tr><th></th><th class="num">change</th><th>say</th></tr></thead><tbody><tr><th>0</th>'
    '<td class="num">-1.50</td>'
    "<td>a &lt; b<br>&amp; c</td></tr><tr><th>1</th><td>+2,000 %</td><td>=SUM(A1)</td></tr>"
    '</tbody><tbody class="rest"><tr><th>2</th><td>NaN</td><td>-1+cmd</td></tr></tbody></table></div></div>'
    '<figure class="figure frame" id="fig-3-1"><iframe src="almanac-output:0"></iframe></figure>'
)


@pytest.fixture
def post(growth: Space, make_post: MakePost) -> Post:
    return make_post(growth, "a.md", parts=("<p>Before.</p>", HTML))


def test_outputs_are_listed_in_the_order_of_the_page(api: Call, post: Post, carol: User) -> None:
    told = api(carol).get(f"/api/v1/posts/{post.pk}/outputs/").json()["results"]
    assert [(row["number"], row["kind"], row["anchor"]) for row in told] == [
        (1, "image", "fig-1-1"), (2, "table", "fig-2-1"), (3, "interactive", "fig-3-1")
    ]  # fmt: skip
    assert told[1]["csv"] == f"http://127.0.0.1:8000/api/v1/posts/{post.pk}/outputs/2.csv"
    assert told[0]["csv"] is None
    assert told[1]["url"] == "http://127.0.0.1:8000/s/growth/a.md#fig-2-1"


def test_a_table_is_data_as_it_is_shown(api: Call, post: Post, carol: User) -> None:
    client = api(carol)
    told = client.get(f"/api/v1/posts/{post.pk}/outputs/2.json").json()
    assert told["columns"] == ["", "change", "say"]
    assert told["rows"] == [
        ["0", "-1.50", "a < b & c"],
        ["1", "+2,000 %", "=SUM(A1)"],
        ["2", "NaN", "-1+cmd"],
    ]
    answer = client.get(f"/api/v1/posts/{post.pk}/outputs/2.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(StringIO(answer.content.decode())))
    assert rows[1:] == [["0", "-1.50", "a < b & c"], ["1", "+2,000 %", "'=SUM(A1)"], ["2", "NaN", "'-1+cmd"]]
    again = client.get(f"/api/v1/posts/{post.pk}/outputs/2.csv", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_long_cell_is_told_in_no_time(api: Call, growth: Space, carol: User, make_post: MakePost) -> None:
    long = "1" * 50_000 + "x"  # a minute where each digit is tried as the last
    cells = f"<tr><td>-{long}</td><td>- 1 .5</td></tr>"
    html = f'<div class="table-scroll" id="fig-1-1"><table>{cells}</table></div>'
    made = make_post(growth, "l.md", html=html)
    began = time.process_time()
    answer = api(carol).get(f"/api/v1/posts/{made.pk}/outputs/1.csv")
    assert time.process_time() - began < 5
    assert answer.content.decode().splitlines()[-1] == f"'-{long},- 1 .5"


@pytest.mark.parametrize(
    "path", ["1.csv", "3.json", "0.csv", "9.csv", "2.xml", "99999999999999999999.csv", "2.csv/"]
)
def test_what_is_no_table_is_not_found(api: Call, post: Post, carol: User, path: str) -> None:
    assert api(carol).get(f"/api/v1/posts/{post.pk}/outputs/{path}").status_code == 404


def test_what_one_may_not_see_has_no_outputs(
    api: Call, finance: Space, growth: Space, carol: User, mallory: User, make_post: MakePost
) -> None:
    secret = make_post(finance, "f.md", html=HTML)
    held = make_post(growth, "h.md", html=HTML, source=b"h", revision={"blocked_by": ["secret"]})
    for path in ("", "2.json"):
        assert api(carol).get(f"/api/v1/posts/{secret.pk}/outputs/{path}").status_code == 200
        assert api(mallory).get(f"/api/v1/posts/{secret.pk}/outputs/{path}").status_code == 404
        assert api(carol).get(f"/api/v1/posts/{held.pk}/outputs/{path}").status_code == 404
        assert api().get(f"/api/v1/posts/{secret.pk}/outputs/{path}").status_code == 401


def test_it_takes_as_many_queries_whatever_there_is(
    api: Call, post: Post, carol: User, growth: Space, make_post: MakePost, django_assert_max_num_queries: Any
) -> None:
    many = make_post(growth, "m.md", source=b"m", parts=(HTML,) * 12)
    client = api(carol)
    client.get("/api/v1/me/")
    with django_assert_max_num_queries(3):
        assert len(client.get(f"/api/v1/posts/{many.pk}/outputs/").json()["results"]) == 36
