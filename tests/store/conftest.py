from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from bot.domain.ports import Store
from bot.store import paths
from bot.store.database import open_database
from bot.store.seed import build_seed
from tests.builders import a_fact
from tests.fakes import FakeStore

NOBODY = 65534

NEXT_MIGRATION = '''"""One step further: rebuild the table of facts, which everything hangs on."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("facts", recreate="always") as facts:
        facts.add_column(sa.Column("colour", sa.Text))
'''


FACTS = [a_fact(), a_fact(slug="other", appearances=("https://a.example",))]


def names_in(folder: Path) -> set[str]:
    """Return the names of a folder's files."""
    return {file.name for file in folder.iterdir() if file.is_file()}


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seed with two facts."""
    target = tmp_path_factory.mktemp("full") / "facts.db.seed"
    build_seed(FACTS, {}, target)
    return target


@pytest.fixture(scope="session")
def empty_seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seed without facts."""
    target = tmp_path_factory.mktemp("seed") / "facts.db.seed"
    build_seed([], {}, target)
    return target


@pytest.fixture
async def database(tmp_path: Path, empty_seed: Path) -> AsyncIterator[Store]:
    """The real one, for what only a database refuses."""
    async with await open_database(tmp_path / "contract.db", seed=empty_seed) as database:
        yield database


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest) -> Store:
    """Every store that the contract holds for: the real one, and the fake that other rooms' tests use."""
    if request.param == "memory":
        return FakeStore([])
    real: Store = request.getfixturevalue("database")
    return real


@pytest.fixture
def next_migrations(tmp_path: Path) -> Path:
    """The migrations of a Footnote that is one revision further than this one."""
    folder = tmp_path / "next"
    shutil.copytree(paths.migrations(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "0006_next.py").write_text(NEXT_MIGRATION)
    return folder


@pytest.fixture
def shut(request: pytest.FixtureRequest) -> Iterator[tuple[Path, Callable[[], None]]]:
    """A folder, and what makes it and its files read-only, for root too: root turns into nobody for the rest."""
    folder = Path(tempfile.mkdtemp(prefix="footnote-shut-"))
    me = os.geteuid() if hasattr(os, "geteuid") else None

    def close() -> None:
        for file in folder.iterdir():
            file.chmod(0o444)
        folder.chmod(0o555)
        if me == 0:
            os.seteuid(NOBODY)
        if os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids) or not os.access(
            paths.migrations(), os.R_OK
        ):
            pytest.skip("a read-only folder can't be arranged here")

    yield folder, close
    if me == 0:
        os.seteuid(0)
    folder.chmod(0o755)
    shutil.rmtree(folder)
