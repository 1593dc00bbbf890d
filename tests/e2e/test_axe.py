"""axe-core finds nothing serious on any page, wide and in light, or narrow and in dark.

One page after the other is looked at this way or that; EVERY_PAGE=1 looks at each in both.
"""

import os
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import Person

STEP = 1 if os.environ.get("EVERY_PAGE") else 2
SERIOUS = {"serious", "critical"}
# What a page is about is found by following the first link that matches; the others are addresses.
PAGES = [
    "/",
    "/?list=new",
    "/?list=popular",
    "/search",
    "/search?q=customers",
    "/search?q=zzzyxq",
    "/posts",
    "/tags/",
    "/insights/",
    "/insights/?q=zzz",
    "/datasets/",
    "/datasets/?q=zzz",
    "/libraries/",
    "/libraries/pandas",
    "/libraries/pandas/impact?from=%3C2",
    "/campaigns/",
    "/account/used",
    "/people/",
    "/people/alice",
    "/people/alice/reads",
    "/collections/",
    "/questions/",
    "/questions/new?q=late",
    "/questions/demand",
    "/reviews/",
    "/reviews/attention",
    "/s/",
    "/s/new",
    "/upload",
    "/account/tokens",
    "/account/profile",
    "/account/bookmarks",
    "/account/questions",
    "/account/following",
    "/account/notifications",
    "/account/notifications/settings",
    "/account/embeds",
    "/embed/insights/growth/elasticity_milk",
    "/account/webhooks",
    "/api/docs/",
    "/nothing-here",
]
LED_TO = {
    "/": [".card h2 a"],
    "/tags/": ["main a[href^='/tags/']"],
    "/insights/": [".insights h2 a"],
    "/datasets/": ["main a[href^='/datasets/']:not([href$='/'])"],
    "/collections/": ["main a[href^='/collections/']:not([href$='new'])"],
    "/questions/": ["main a[href^='/questions/']:not([href*='new']):not([href*='demand'])"],
    "/s/": [".tile a"],
}
OF_A_SPACE = ["settings", "review", "members", "setup", "webhooks", "audit", "previews", "pushes", "reads"]
OF_A_POST = ["conversation", "related", "history", "reads", "life", "review"]


@pytest.mark.slow
@pytest.mark.parametrize(("start", "width", "scheme"), [(0, 1280, "light"), (1, 390, "dark")])
def test_axe_finds_nothing_serious(meet: Callable[..., Person], start: int, width: int, scheme: str) -> None:
    alice = meet("alice", viewport={"width": width, "height": 900}, color_scheme=scheme)
    axe, faults = Axe(), {}
    for address in list(_addresses(alice))[start if STEP > 1 else 0 :: STEP]:
        page = alice.goto(address)
        if found := list(_violations(axe, page)):
            faults[address] = found
    assert not faults


def _violations(axe: Axe, page: Page) -> Iterator[tuple[str, str, str]]:
    told = axe.run(page, options={"resultTypes": ["violations"], "iframes": False})
    for violation in told.response["violations"]:
        if violation["impact"] in SERIOUS:
            node = violation["nodes"][0]
            yield violation["id"], node["html"][:160], node["failureSummary"][:200]


def _addresses(person: Person) -> Iterator[str]:
    yield from PAGES
    for start, selectors in LED_TO.items():
        for selector in selectors:
            link = person.goto(start).locator(selector).first
            address = link.get_attribute("href") or ""
            yield address
            if start == "/s/":
                yield from (f"{address}-/{name}" for name in OF_A_SPACE)
            if start == "/":
                number = person.page.goto(person.portal.url + address) and person.page.locator(
                    "[data-post]"
                ).first.get_attribute("data-post")
                yield from (f"/p/{number}/{name}" for name in OF_A_POST)
