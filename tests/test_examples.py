"""The examples run as they are printed, and say what is beside them."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
PLAIN = sorted(path.stem for path in EXAMPLES.glob("*.py") if path.with_suffix(".out").exists())


def run(*arguments, env=None):
    """Run a program of the examples and return what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, env={**os.environ, **(env or {})}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", PLAIN)
def test_an_example_prints_what_stands_beside_it(name):
    """``NAME.py`` prints ``NAME.out``."""
    assert run(str(EXAMPLES / f"{name}.py")) == (EXAMPLES / f"{name}.out").read_text(encoding="utf-8")


def test_every_example_is_tested():
    """An example either prints something that stands beside it, or has a test of its own here."""
    assert {path.stem for path in EXAMPLES.glob("*.py")} - set(PLAIN) == {"desk_fastapi", "desk_nightly"}


def test_the_nightly_job_goes_on_where_the_script_stopped(tmp_path):
    """The job opens the database that the script left, and finds its record whole."""
    run(str(EXAMPLES / "desk_sqlite.py"), str(tmp_path / "desk.db"))
    printed = run(str(EXAMPLES / "desk_nightly.py"), f"sqlite:///{tmp_path}/desk.db", "--jump")
    assert "record whole: True" in printed


def test_the_nightly_job_begins_with_a_database_of_its_own(tmp_path):
    """Without an argument it keeps its record in a file where it is called."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "desk_nightly.py")], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert "record whole: True" in done.stdout, done.stderr
    assert (tmp_path / "desk.db").exists()


@pytest.fixture
def web(tmp_path, monkeypatch):
    """Return a function that asks the web application, over a fresh database: method, path, who asks, body."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/web.db")
    spec = importlib.util.spec_from_file_location("desk_fastapi", EXAMPLES / "desk_fastapi.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "desk_fastapi", module)
    spec.loader.exec_module(module)

    async def ask(method, path, by, body):
        transport = httpx.ASGITransport(module.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.example") as client:
            return await client.request(method, path, json=body, headers={"X-Actor": by})

    yield lambda method, path, by, body=None: asyncio.run(ask(method, path, by, body))
    module.engine.dispose()


def test_the_web_application_embeds_the_desk(web):
    """A ticket is opened, refused to a stranger, accepted by the handler, and seen in the right inbox only."""
    fields = {"category": "parking", "channel": "doorstep", "unit": "host/1-1-1"}
    resident, stranger, handler = "resident:example-1", "resident:example-2", "host/1-1-1#1"
    made = web("POST", "/tickets", resident, {"title": "Cars in the gateway", "fields": fields})
    assert made.status_code == 201, made.text
    case = made.json()["id"]
    refused = web("POST", f"/tickets/{case}/accept", resident, {})
    assert (refused.status_code, "who could" in refused.json()["detail"]) == (403, True)
    assert web("POST", f"/tickets/{case}/accept", handler, {}).json()["state"] == "assigned"
    assert [one["id"] for one in web("GET", "/inbox/host/1-1-1", handler).json()] == [case]
    assert web("GET", "/inbox/host/1-1-1", stranger).json() == []
    assert web("GET", f"/tickets/{case}", resident).json()[0]["kind"] == "open"
    assert web("GET", f"/tickets/{case}", stranger).status_code == 404


@pytest.mark.parametrize(
    "said",
    [
        *(
            {"household": 5},
            {"unit": []},
            {"severity": 2.0},
            {"severity": "2"},
            {"channel": 5},
            {"key": 3},
            {"by": "x"},
        ),
        *({"version": "1"}, {"lifecycle": "wish"}, {"self": 1}, {"reporter": "resident:example-2"}),
    ],
)
def test_whatever_a_client_sends_is_answered_as_the_clients_fault(web, said):
    """A value of the wrong kind and a word that nobody asked for are 4xx: they open nothing and act on nothing."""
    fields = {"category": "parking", "channel": "doorstep", "unit": "host/1-1-1"}
    resident, handler = "resident:example-1", "host/1-1-1#1"
    answer = web("POST", "/tickets", resident, {"title": "Cars in the gateway", "fields": fields | said})
    assert 400 <= answer.status_code < 500, answer.text
    assert web("GET", "/inbox/host/1-1-1", handler).json() == []
    case = web("POST", "/tickets", resident, {"title": "Cars in the gateway", "fields": fields}).json()["id"]
    answer = web("POST", f"/tickets/{case}/accept", handler, said)
    assert 400 <= answer.status_code < 500, answer.text
    assert [event["kind"] for event in web("GET", f"/tickets/{case}", handler).json()] == ["open"]


def test_the_web_application_is_short():
    """Embedding a desk takes under eighty lines."""
    assert len((EXAMPLES / "desk_fastapi.py").read_text(encoding="utf-8").splitlines()) < 80
