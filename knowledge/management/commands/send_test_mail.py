"""Send one mail, and say what the mail server said."""

from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Send a mail to ADDRESS, to see whether the settings of the mail server are right."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        if not settings.SENDS_MAIL:
            raise CommandError("This portal sends no mail: set EMAIL_HOST (docs/operate.md, Mail).")
        words = f"Mail of the portal at {settings.SITE_URL} arrives.\n"
        try:
            send_mail("Almanac can send mail", words, settings.DEFAULT_FROM_EMAIL, [address])
        except (SMTPException, OSError) as error:
            raise CommandError(
                f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} did not take it: {error}"
            ) from error
        self.stdout.write(
            f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} took it. Look whether it arrived at {address}."
        )
