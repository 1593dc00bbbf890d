"""Every page carries the policy; what is vendored can be used by frames that have no origin."""

from contextlib import closing
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from portal.middleware import PAGE_POLICY


def directives(policy: str) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def test_pages_run_and_load_only_what_is_ours(client, db):
    policy = directives(client.get("/accounts/login/")["Content-Security-Policy"])
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["img-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    assert "unsafe" not in PAGE_POLICY
    assert "http" not in PAGE_POLICY
    assert "*" not in PAGE_POLICY


def test_a_vendored_script_is_shared_with_frames_and_kept_for_good(client, db):
    with closing(client.get("/vendor/htmx-2.0.11/htmx.min.js")) as response:
        assert response.status_code == 200
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "immutable" in response["Cache-Control"]
        assert b"".join(response) == (settings.VENDOR_DIR / "htmx-2.0.11" / "htmx.min.js").read_bytes()


def test_the_registry_of_vendored_files_may_change(client, db):
    with closing(client.get("/vendor/vendor.json")) as response:
        assert "immutable" not in response["Cache-Control"]


@pytest.mark.parametrize(
    "address", ["/vendor/../settings.py", "/vendor/%2e%2e/portal/almanac.css", "/vendor/none.js"]
)
def test_vendor_serves_its_own_files_alone(client, db, address):
    assert client.get(address).status_code in {302, 404}


def test_what_is_collected_is_not_offered_to_other_origins_for_embedding(client, db, tmp_path, settings):
    (tmp_path / "a.css").write_text("a{}")
    settings.STATIC_ROOT = tmp_path
    with closing(client.get("/static/a.css")) as response:
        assert response.status_code == 200
        assert "Cross-Origin-Resource-Policy" not in response


@pytest.mark.parametrize("address", ["/s/growth/a%00b.md", "/?tag=a%00b", "/people/a%00b", "/tags/%00"])
def test_an_address_with_a_nul_byte_is_refused_in_words(client, alice, growth, address):
    client.force_login(alice)
    response = client.get(address)
    assert response.status_code == 400
    assert b"can\xe2\x80\x99t be understood" in response.content


class TestBodies:
    """Of a form, Django reads every byte before it knows who sent it, and writes files to disk."""

    MULTIPART = "multipart/form-data; boundary=x"

    @pytest.mark.parametrize("address", ["/accounts/login/", "/upload", "/s/new", "/account/profile"])
    def test_what_a_stranger_sends_is_refused_by_its_size_unread(self, db, address):
        class Unread(BytesIO):
            def read(self, *_):
                raise AssertionError("was read")

        strict = Client(enforce_csrf_checks=True)
        strict.get("/accounts/login/")
        sent: dict[str, Any] = {
            "wsgi.input": Unread(),
            "CONTENT_LENGTH": "9000000",
            "CONTENT_TYPE": self.MULTIPART,
        }
        assert strict.generic("POST", address, **sent).status_code == 413

    def test_who_may_upload_may_send_a_file(self, client, alice, growth):
        client.force_login(alice)

        def send(length):
            sent: dict[str, Any] = {"wsgi.input": BytesIO(b"--x--\r\n"), "CONTENT_LENGTH": str(length)}
            return client.generic("POST", "/upload", CONTENT_TYPE=self.MULTIPART, **sent)

        assert send(settings.FILE_MAX_BYTES).status_code == 400
        response = send(2 * settings.FILE_MAX_BYTES)
        assert response.status_code == 413
        assert b"push them with git" in response.content
