"""Settings that are read from the environment, or say what is wrong with them."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import env


def test_sites_are_told_as_policies_name_them(monkeypatch):
    monkeypatch.setenv("EMBED_SITES", "https://wiki.example.com, http://127.0.0.1:8065,https://*.example.org")
    assert env.origins("EMBED_SITES") == [
        "https://wiki.example.com", "http://127.0.0.1:8065", "https://*.example.org"
    ]  # fmt: skip
    monkeypatch.delenv("EMBED_SITES")
    assert env.origins("EMBED_SITES") == []


@pytest.mark.parametrize(
    "site", ["*", "wiki.example.com", "https://a.example; script-src *", "https://a.example/x", "'self'"]
)
def test_what_is_no_site_is_refused(monkeypatch, site):
    monkeypatch.setenv("EMBED_SITES", site)
    with pytest.raises(ImproperlyConfigured, match="EMBED_SITES"):
        env.origins("EMBED_SITES")
