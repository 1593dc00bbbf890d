"""`manage.py send_test_mail` tells what is wrong with the mail settings."""

from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command


def test_without_a_mail_server_it_says_how_to_set_one_up() -> None:
    with pytest.raises(CommandError, match="set EMAIL_HOST"):
        call_command("send_test_mail", "a@example.org")


def test_it_sends_and_says_so(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.SENDS_MAIL, settings.EMAIL_HOST = True, "mail.example"
    call_command("send_test_mail", "a@example.org")
    assert mail.outbox[0].to == ["a@example.org"]
    assert "mail.example:587 took it" in capsys.readouterr().out


def test_it_says_what_the_server_said(settings: Any) -> None:
    settings.SENDS_MAIL, settings.EMAIL_HOST, settings.EMAIL_PORT = True, "127.0.0.1", 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with pytest.raises(CommandError, match=r"127\.0\.0\.1:1 did not take it"):
        call_command("send_test_mail", "a@example.org")
