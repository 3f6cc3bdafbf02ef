"""A PostgreSQL of the tests' own: Debian's package, in a temporary folder, on a socket there, gone at the end.

Ask for the fixture ``postgres`` (``conftest`` makes it known to every test): it is started once a session, and
``postgres.fresh()`` gives the URL of an empty database in it. `initdb` refuses root: root starts it as another user.
"""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import pytest
from attrs import define, field

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
ORDINARY = ("postgres", "nobody")  # whom root becomes; Debian's package makes the first
SETTINGS = "-c listen_addresses='' -c fsync=off -c max_connections=60 -c shared_buffers=64MB -c log_min_messages=fatal"


@define(eq=False)
class Postgres:
    """A server in a folder of its own, which can be stopped and started again."""

    folder: Path
    user: str
    _numbers: count = field(factory=lambda: count(1))

    def create(self) -> None:
        """Make the server's files."""
        self._run("initdb", "--no-sync", "--auth=trust", "--username=tests", "--encoding=UTF8", "--locale=C.UTF-8")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = f"{SETTINGS} -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self.folder}/log", f"--options={options}")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: ``fast`` breaks off what is under way, ``immediate`` is a crash."""
        self._run("pg_ctl", "stop", "--wait", "--silent", f"--mode={mode}")

    def url(self, **settings: str) -> str:
        """Return a URL of the server, with settings for its sessions."""
        options = " ".join(f"-c{name}={value}" for name, value in settings.items())
        return f"postgresql+psycopg://tests@/postgres?{urlencode({'host': self.folder, 'options': options})}"

    def fresh(self, **settings: str) -> str:
        """Return a URL by which the server looks empty: of a schema of its own, which costs less than a database."""
        name = f"fresh_{next(self._numbers)}"
        self.say(f"CREATE SCHEMA {name}")
        return self.url(search_path=name, **settings)

    def say(self, statement: str) -> None:
        """Say something to the server, as the one who may do anything."""
        import psycopg

        with psycopg.connect(f"host={self.folder} user=tests dbname=postgres", autocommit=True) as connection:
            connection.execute(statement)

    def _run(self, program: str, *arguments: str) -> None:
        as_whom = ["runuser", "-u", self.user, "--"] if os.geteuid() == 0 else []
        command = [*as_whom, str(PROGRAMS[-1].with_name(program)), f"--pgdata={self.folder}/data", *arguments]
        # the server keeps what it is given as output open: not a pipe, which would never end
        with (self.folder / "said").open("w+") as said:
            done = subprocess.run(command, check=False, cwd=self.folder, stdout=said, stderr=said)
            said.seek(0)
            assert done.returncode == 0, said.read()


def ordinary_user() -> str | None:
    """Return whom the server can run as: whoever we are, or, for root, the first ordinary user there is."""
    if os.geteuid() != 0:
        return getpass.getuser()
    there = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ORDINARY if name in there), None)


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL that is started once a session, and once in each worker."""
    user = ordinary_user()
    if not PROGRAMS or user is None:
        pytest.skip("PostgreSQL is not installed here: Debian's package is named postgresql")
    folder = Path(tempfile.mkdtemp(prefix="govflow-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, user)
    server = Postgres(folder, user)
    try:
        server.create()
        server.start()
        yield server
        server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
