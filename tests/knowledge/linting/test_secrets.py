"""What looks like a secret is named by its kind, never repeated; examples and names are let be."""

import time

import pytest

from knowledge.documents import read_document
from knowledge.linting import lint
from knowledge.linting.secrets import entropy, secrets_in
from tests.knowledge.notebooks import code, notebook, stream, text

# Put together here, so that no one who looks for secrets in this repository finds them.
DRAWN = "Zq7Rk2Vw9Xb4Lm6Tn8Pc3Hd5Jf1Gs0Ya2Ue4Wi6o"
SECRETS = {
    "an AWS access key": "AK" + "IAQ7RK2VW5XB4LM6TN",
    "an AWS secret key": "AWS_SECRET_ACCESS_KEY=" + DRAWN[:20] + DRAWN[20:40],
    "a GitHub token": "gh" + "p_" + DRAWN[:36],
    "a GitLab token": "glp" + "at-" + DRAWN[:20],
    "a Slack token": "xo" + "xb-2718281828-" + DRAWN[:24],
    "a Slack webhook": "https://hooks.slack" + ".com/services/T0Q7RK2VW/B9XB4LM6T/" + DRAWN[:24],
    "a Google API key": "AI" + "za" + DRAWN[:35],
    "a Stripe key": "sk_" + "live_" + DRAWN[:24],
    "an OpenAI or Anthropic key": "sk" + "-proj-" + DRAWN + DRAWN,
    "a Hugging Face token": "h" + "f_QzRkVwXbLmTnPcHdJfGsYaUeWiOqKrBvNt",
    "a signed token (JWT)": "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiI0MiJ9." + DRAWN[:30],
    "a private key": "-----BEGIN RSA PRIVATE" + " KEY-----\nMIIE" + DRAWN,
    "an address with a password in it": "postgresql://app:" + "Zq7Rk2Vw9@db.internal:5432/sales",
    "a password or key": 'password = "' + 'Zq7-Rk2Vw9"',
}


@pytest.mark.parametrize(("what", "secret"), SECRETS.items(), ids=list(SECRETS))
def test_well_known_secrets_are_found_by_their_form(what: str, secret: str) -> None:
    assert list(secrets_in(f"first line\nx = 1; {secret}\n")) == [(what, 1)]


@pytest.mark.parametrize(
    "harmless",
    [
        "AK" + "IAIOSFODNN7EXAMPLE",  # AWS's own example
        "gh" + "p_" + "x" * 36,
        'password = "your-password-here1"',
        'password = os.environ["DB_PASSWORD"]',
        'password="{password}"; token = "<token>"; api_key = "$API_KEY"',
        'api_key = "abcdefgh"',
        "pwd = 'OSMagics'",
        'secret_key = "https://vault.example/v1/key7/of/growth"',
        "token = tokenizer.pad_token",
        'pad_token = "[PAD]", sep_token="<|endoftext|>"',
        "postgresql://user:password@localhost:5432/db",
        "postgresql://postgres:Zq7Rk2Vw9@localhost/db",
        "mysql://{user}:{password}@{host}/db",
        "azureservicebus://SAS_POLICY_NAME:SAS_KEY@SERVICE_BUS",
        "see http://host:8080/a@b",
        "-----BEGIN PUBLIC KEY-----\nMIIB" + DRAWN,
        "-----BEGIN PRIVATE" + " KEY-----\n...\n",
        "eyJ is how JSON in base64 begins",
        "sk-learn-is-a-name-that-begins-so",
    ],
)
def test_examples_placeholders_and_names_are_no_secrets(harmless: str) -> None:
    assert list(secrets_in(harmless)) == []


def test_no_finding_repeats_the_secret() -> None:
    cells = [code(f"a = {secret!r}", stream(secret)) for secret in SECRETS.values()]
    for cell in cells:
        for found in lint(read_document("a.ipynb", notebook(cell))):
            said = f"{found.message} {found.hint}"
            assert DRAWN[:6] not in said
            assert "Zq7" not in said
            assert "Q7RK" not in said


def test_sources_outputs_and_headers_are_looked_at() -> None:
    key = SECRETS["a GitHub token"]
    header = f"---\ntitle: A\nsource: https://bot:{key}@git.internal/x.git\n---"
    document = read_document("a.ipynb", notebook(text(header), code("x\n" + key), code("y", stream(key))))
    secrets = [found for found in lint(document) if found.code == "secret"]
    assert [(found.cell, found.line) for found in secrets] == [(None, None), (2, 2), (3, None)]
    assert [found.message.split(" looks")[0] for found in secrets] == [
        "The header holds what",
        "This",
        "The output shows what",
    ]


def test_lines_count_from_the_top_of_a_text_file() -> None:
    source = f"---\ntitle: A\ntldr: B\n---\n\nText.\n\n    {SECRETS['a Slack token']}\n"
    (found,) = lint(read_document("a.md", source.encode()))
    assert (found.code, found.cell, found.line) == ("secret", None, 8)


def test_whole_pages_are_looked_at_for_keys_and_not_for_names_of_passwords() -> None:
    page = "<html><body><input type=text password='Zq7-Rk2Vw9'>{}</body></html>"
    clean, leaking = (
        read_document("a.html", page.format(it).encode()) for it in ("", SECRETS["a GitLab token"])
    )
    assert [found.code for found in lint(clean)] == ["missing-tldr"]
    assert [found.code for found in lint(leaking)] == ["secret", "missing-tldr"]


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "xxx://a",
        "a:b@",
        "eyJ",
        "eyJaaaaaaaaaaaa.",
        "password=",
        'password="',
        "-----BEGIN A ",
        "sk-",
        "AKIA",
        "://a:b",
    ],
)
def test_hostile_text_takes_no_longer_than_other_text(unit: str) -> None:
    whole = unit * (1_000_000 // len(unit))
    began = time.perf_counter()
    assert list(secrets_in(whole)) == []
    assert time.perf_counter() - began < 2


def test_very_many_candidates_are_not_all_looked_at() -> None:
    key = SECRETS["a GitHub token"]
    document = read_document("a.ipynb", notebook(*(code(key) for _ in range(100))))
    assert len([found for found in lint(document) if found.code == "secret"]) == 10


def test_a_machine_draws_with_more_entropy_than_a_word_has() -> None:
    assert entropy("tokenization") < entropy("Zq7Rk2Vw9Xb4")
    assert entropy("aaaa") == 0
