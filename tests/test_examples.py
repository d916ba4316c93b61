"""The examples for running it are sound, and fit the program."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest

from bot.cli.program import MISUSED, build_parser
from bot.discord_app.client import DRAIN_SECONDS
from bot.monitor.server import Answer, serving
from bot.settings import VARIABLES, Settings
from tests.test_docs import ROOT, commands, read

EXAMPLES = ROOT / "docs" / "examples"
UNITS = sorted(file.name for file in EXAMPLES.glob("footnote*.*"))
SERVICES = [name for name in UNITS if name.endswith(".service")]
CONTAINERFILE = "docs/examples/Containerfile"
HADOLINT = Path(sys.executable).with_name("hadolint")
ANALYZE = shutil.which("systemd-analyze")


class Unit(RawConfigParser):
    """A unit of systemd: a key may come several times, and its values are then kept one a line."""

    def __init__(self, name: str) -> None:
        super().__init__(strict=False, delimiters=("=",), comment_prefixes=("#", ";"), interpolation=None)
        lines: dict[tuple[str, str], list[str]] = {}
        section = ""
        for line in (EXAMPLES / name).read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                section = line.strip("[]")
                self.add_section(section)
            elif line and not line.startswith("#"):
                key, _, value = line.partition("=")
                lines.setdefault((section, key), []).append(value)
        for (section, key), values in lines.items():
            self.set(section, key, "\n".join(values))

    def optionxform(self, optionstr: str) -> str:
        return optionstr

    def environment(self) -> dict[str, str]:
        """The variables that are set."""
        lines = self.get("Service", "Environment", fallback="").splitlines()
        return {name: value for name, _, value in (line.partition("=") for line in lines)}


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Containerfile, with lines that go on put together."""
    whole = re.sub(r"^#.*\n", "", read(CONTAINERFILE), flags=re.MULTILINE).replace("\\\n", " ")
    parts = [line.partition(" ") for line in whole.splitlines() if line.strip()]
    return [(name, " ".join(rest.split())) for name, _, rest in parts]


def one(name: str) -> str:
    """The one instruction of a name."""
    [found] = [rest for instruction, rest in instructions() if instruction == name]
    return found


@pytest.mark.skipif(not HADOLINT.exists(), reason="there is no hadolint for this platform")
def test_hadolint_finds_nothing() -> None:
    """Without an exception asked for."""
    done = subprocess.run([HADOLINT, "--no-color", EXAMPLES / "Containerfile"], capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode()) == (0, "")
    assert "hadolint" not in read(CONTAINERFILE)


@pytest.mark.skipif(ANALYZE is None, reason="there is no systemd")
def test_systemd_finds_nothing(tmp_path: Path) -> None:
    """All units together, with a program that is here in the place of the one that isn't."""
    assert ANALYZE is not None
    for name in UNITS:
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("/srv/footnote/.venv/bin/python", sys.executable), encoding="utf-8")
    command = [ANALYZE, "verify", *(str(tmp_path / name) for name in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [line for line in (done.stdout + done.stderr).splitlines() if str(tmp_path) in line or "footnote" in line]
    assert (done.returncode, found) == (0, [])


def test_there_are_a_service_and_a_timer_with_its_service() -> None:
    """The timer starts the service of its name."""
    assert UNITS == ["footnote-backup.service", "footnote-backup.timer", "footnote.service"]
    timer = Unit("footnote-backup.timer")
    assert timer.getboolean("Timer", "Persistent")
    assert timer.get("Install", "WantedBy") == "timers.target"


@pytest.mark.parametrize("name", SERVICES)
def test_services_can_write_where_the_data_is_and_nowhere_else(name: str) -> None:
    """As a user without rights, on a disk that is read-only for it but for what is named."""
    unit = Unit(name)
    for key in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictSUIDSGID"):
        assert unit.getboolean("Service", key)
    assert unit.get("Service", "ProtectSystem") == "strict"
    assert unit.get("Service", "User") == "footnote"
    assert unit.get("Service", "CapabilityBoundingSet") == ""
    assert unit.get("Service", "UMask") == "0077"
    folder = f"/var/lib/{unit.get('Service', 'StateDirectory')}"
    assert Path(unit.environment()["FOOTNOTE_DB"]).parent == Path(folder)


@pytest.mark.parametrize("name", SERVICES)
def test_services_start_commands_that_there_are_with_settings_that_there_are(name: str) -> None:
    """And hold no secret."""
    unit = Unit(name)
    program, *arguments = unit.get("Service", "ExecStart").split()
    assert program.endswith("/.venv/bin/python")
    assert arguments[:2] == ["-m", "bot"]
    assert f"footnote {arguments[2]}" in {*commands(build_parser()), "footnote backup"}
    environment = unit.environment()
    assert {key for key in environment if key not in VARIABLES} <= {"MPLCONFIGDIR"}
    settings = Settings.from_env(environment)
    assert settings.unknown == ()
    assert settings.token is None
    assert settings.hub_token is None


def test_the_service_is_started_again_but_for_what_starting_again_cant_help() -> None:
    """It is given more time to stop than it takes, and may fail only so often."""
    unit = Unit("footnote.service")
    assert unit.get("Service", "Restart") == "on-failure"
    assert unit.getint("Service", "RestartPreventExitStatus") == MISUSED
    assert unit.getint("Service", "TimeoutStopSec") >= 2 * DRAIN_SECONDS
    assert unit.get("Service", "KillSignal") == "SIGTERM"
    assert unit.getint("Unit", "StartLimitBurst") < 10
    assert unit.get("Service", "MemoryMax")
    assert unit.get("Service", "EnvironmentFile") == "/etc/footnote.env"


def test_the_backup_needs_no_token_and_no_network() -> None:
    """What has less can lose less."""
    unit = Unit("footnote-backup.service")
    assert not unit.has_option("Service", "EnvironmentFile")
    assert unit.getboolean("Service", "PrivateNetwork")
    target = unit.get("Service", "ExecStart").split()[4]
    assert unit.get("Service", "ReadWritePaths") == target
    assert target in read("docs/operating.md")


def test_the_image_is_pinned_and_its_packages_are_checked_by_hash() -> None:
    """From one line on that names a version."""
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", one("FROM"))
    installs = [part for name, rest in instructions() if name == "RUN" for part in rest.split("&&") if "pip" in part]
    [install] = installs
    assert "--require-hashes -r requirements.lock" in install
    assert "--no-cache-dir" in install


def test_the_container_runs_as_nobody_and_stops_as_the_program_does() -> None:
    """A number, so that what runs it can see that it isn't root; and no shell between it and the signal."""
    user, _, group = one("USER").partition(":")
    assert int(user) >= 10_000
    assert int(group) >= 10_000
    assert one("STOPSIGNAL") == "SIGTERM"
    entry = json.loads(one("ENTRYPOINT"))
    assert entry == ["python", "-m", "bot"]
    assert json.loads(one("CMD")) == ["run"]
    order = [name for name, _ in instructions()]
    assert order.index("USER") > max(number for number, name in enumerate(order) if name in {"RUN", "COPY"})


def test_the_image_holds_no_secret_and_settings_that_there_are() -> None:
    """The database is on the volume."""
    pairs = dict(re.findall(r"(\w+)=(\S+)", " ".join(rest for name, rest in instructions() if name == "ENV")))
    ours = {name: value for name, value in pairs.items() if name.startswith("FOOTNOTE_")}
    settings = Settings.from_env(ours)
    assert settings.unknown == ()
    assert not {"DISCORD_TOKEN", "HF_TOKEN"} & set(pairs)
    [volume] = json.loads(one("VOLUME"))
    assert settings.database.parent == Path(volume)
    assert "ARG" not in dict(instructions())


def test_what_the_image_copies_is_enough_to_run(tmp_path: Path) -> None:
    """In a folder that holds no more; the guide's advice on what the build may see lets all of it through."""
    copied = [rest.split() for name, rest in instructions() if name == "COPY"]
    for source, target in copied:
        place = tmp_path / "app" / target
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, place)
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    environment |= {"FOOTNOTE_DB": str(tmp_path / "facts.db"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *json.loads(one("ENTRYPOINT"))[1:], *json.loads(one("CMD"))]
    done = subprocess.run(
        command, cwd=tmp_path / "app", env=environment, input=b"hello\n", capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"Nothing posted: ")
    assert (tmp_path / "facts.db").is_file()
    ignored = re.search(r"`\.dockerignore`.*?```text\n(.*?)```", read("docs/operating.md"), re.DOTALL)
    assert ignored is not None
    assert {f"!{source}" for source, _ in copied} == {line for line in ignored[1].splitlines() if line[0] == "!"}


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize(("path", "well", "status"), [("/health", True, 0), ("/health", False, 1), ("/x", True, 1)])
async def test_the_containers_check_is_true_to_health(path: str, status: int, *, well: bool) -> None:
    """Its command is run as it stands, at another port; where nothing answers it fails, too."""

    async def pages(asked: str) -> Answer | None:
        return Answer(b"{}", "application/json", ok=well) if asked == path else None

    found = re.search(r"CMD (\[.*\])$", one("HEALTHCHECK"))
    assert found is not None
    _, *arguments = json.loads(found[1])
    async with serving("127.0.0.1", 0, pages) as port:
        assert await _run(arguments, port) == status
    assert await _run(arguments, port) == 1


async def _run(arguments: list[str], port: int) -> int | None:
    here = [argument.replace("8080", str(port)) for argument in arguments]
    assert here != arguments
    silent = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(sys.executable, *here, stderr=silent)
    return await process.wait()
