"""Pages as somebody's browser gets them."""

from typing import Any

from django.test import Client

from knowledge.models import User


def body(answer: Any) -> str:
    return str(answer.content.decode())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
