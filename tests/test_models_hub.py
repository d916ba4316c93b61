"""Models from the hub: fetched once and only where it is allowed, by the real library from a hub on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import ModelError, SettingsError
from bot.matching.encoder import OnnxEncoder
from bot.matching.models import CALIBRATION, ENCODER
from bot.matching.relation import OnnxRelation
from bot.models_hub import locate_models
from bot.settings import Settings
from bot.settings_models import HubModel
from tests.hub import COMMIT, Hub, serving
from tests.matching.onnx_file import encoder_graph, relation_graph, write_model

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TINY = HubModel("somebody/tiny")
LABELS = {"0": "entailment", "1": "neutral", "2": "contradiction"}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with an encoder, a cross-encoder, and a model that is not in ONNX."""
    graph = encoder_graph(inputs=("input_ids", "attention_mask"))
    write_model(tmp_path / "encoder", graph, name="onnx/model.onnx", outside=True, pooling={"pooling_mode": "cls"})
    write_model(tmp_path / "relation", relation_graph([(0.0, 0.0, 0.0)] * 4), config={"id2label": LABELS})
    weights = {"model.safetensors": b"x" * 1000, "onnx/model_quantized.onnx": b"x" * 1000, "README.md": b"x"}
    with serving() as hub:
        hub.add("somebody/tiny", tmp_path / "encoder", **weights)
        hub.add("somebody/nli", tmp_path / "relation")
        hub.models["somebody/torch"] = {"model.safetensors": b"x", "tokenizer.json": b"{}"}
        yield hub


@pytest.fixture
def settings(hub: Hub, tmp_path: Path) -> Settings:
    """Settings that allow downloads from it."""
    return Settings(
        encoder=TINY,
        allow_downloads=True,
        database=tmp_path / "facts.db",
        downloads=tmp_path / "models",
        hub_endpoint=hub.url,
    )


def files_of(folder: Path) -> set[str]:
    """The files of a model folder; what the library keeps for itself begins with a dot."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if not path.parts[0].startswith(".")}


def test_the_shipped_models_need_no_hub() -> None:
    """Nothing set, nothing looked up, and none of the hub's library loaded."""
    folders = locate_models(Settings(), fetch=False)
    assert (folders.encoder, folders.calibration) == (ENCODER, CALIBRATION)
    code = "import sys, bot.wiring; sys.exit(any('huggingface' in name or 'httpx' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_model_is_fetched_once(hub: Hub, settings: Settings, tmp_path: Path) -> None:
    """The first start brings what loading reads and no more; the second makes no request and needs no permission."""
    folder = locate_models(settings, fetch=True).encoder
    assert folder == tmp_path / "models" / "somebody--tiny"
    graph = {"onnx/model.onnx", "onnx/model.onnx_data"}
    assert files_of(folder) == {*graph, "tokenizer.json", "1_Pooling/config.json", "footnote.json"}
    assert OnnxEncoder(folder).name.startswith("somebody--tiny-")
    assert json.loads((folder / "footnote.json").read_text())["commit"] == COMMIT

    hub.requests.clear()
    later = replace(settings, allow_downloads=False, hub_endpoint="http://127.0.0.1:9")
    assert locate_models(later, fetch=False).encoder == folder
    assert hub.requests == []


def test_both_models_may_come_from_the_hub(settings: Settings) -> None:
    """A cross-encoder likewise, at a revision."""
    relation = locate_models(replace(settings, relation=HubModel("somebody/nli", "v1")), fetch=True).relation
    assert relation is not None
    assert relation.name == "somebody--nli@v1"
    assert OnnxRelation(relation).relate([("moon", "moon")]).shape == (1, 5)


def test_nobody_is_told_who_downloads(hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """No token from the home folder or elsewhere, no list of what else is installed."""
    monkeypatch.setenv("HF_TOKEN", "hf_from_elsewhere")
    locate_models(settings, fetch=True)
    assert hub.headers
    assert not any("authorization" in map(str.lower, headers) for headers in hub.headers)
    assert not any("torch" in headers.get("User-Agent", headers.get("user-agent", "")) for headers in hub.headers)
    assert {request.split("/")[1] for request in hub.requests} == {"api", "somebody"}
    assert not any("harness" in request for request in hub.requests)


def test_a_token_that_is_set_opens_what_is_gated(hub: Hub, settings: Settings) -> None:
    """And without it the sentence says which setting helps."""
    hub.token = "hf_secret"
    with pytest.raises(ModelError, match=r"doesn't give it to everybody; check the name or set HF_TOKEN\.$"):
        locate_models(settings, fetch=True)
    assert locate_models(replace(settings, hub_token="hf_secret"), fetch=True).encoder.is_dir()


def test_without_permission_nothing_is_fetched(hub: Hub, settings: Settings, tmp_path: Path) -> None:
    """The sentence says what to set."""
    message = r"^FOOTNOTE_ENCODER names somebody/tiny, .*; set FOOTNOTE_ALLOW_DOWNLOADS=yes .*, or correct the path\.$"
    with pytest.raises(SettingsError, match=message):
        locate_models(replace(settings, allow_downloads=False), fetch=True)
    assert hub.requests == []
    assert not (tmp_path / "models").exists()


def test_what_only_looks_fetches_nothing(hub: Hub, settings: Settings, tmp_path: Path) -> None:
    """The doctor and ``check`` write no file."""
    with pytest.raises(ModelError, match="isn't downloaded yet; `footnote run` does that first"):
        locate_models(settings, fetch=False)
    assert hub.requests == []
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (HubModel("somebody/gone"), "The Hugging Face hub has no somebody/gone or"),
        (HubModel("somebody/tiny", "v9"), "The Hugging Face hub has no somebody/tiny@v9 or"),
        (HubModel("somebody/torch"), "somebody/torch on the Hugging Face hub holds no model.onnx"),
        (HubModel("some..body/tiny"), "some..body/tiny can't be downloaded"),
    ],
)
def test_what_is_not_there_is_one_sentence(model: HubModel, message: str, settings: Settings, tmp_path: Path) -> None:
    """No such model, no such revision, nothing in ONNX, no such name; nothing counts as downloaded."""
    with pytest.raises(ModelError, match=f"^{message}[^\n]+\\.$"):
        locate_models(replace(settings, encoder=model), fetch=True)
    assert not list(tmp_path.glob("models/*/footnote.json"))


@pytest.mark.parametrize("place", ["answers-wrongly", "nothing-there"])
def test_a_hub_that_is_down_is_one_sentence(place: str, hub: Hub, settings: Settings) -> None:
    """Whether it answers with an error or not at all."""
    hub.broken = True
    endpoint = hub.url if place == "answers-wrongly" else "http://127.0.0.1:9"
    with pytest.raises(ModelError, match=r"^somebody/tiny can't be downloaded from the Hugging Face hub; [^\n]+\.$"):
        locate_models(replace(settings, hub_endpoint=endpoint), fetch=True)


def test_a_download_that_broke_off_is_taken_up_again(hub: Hub, settings: Settings) -> None:
    """A file that is gone is fetched again, and only that one."""
    folder = locate_models(settings, fetch=True).encoder
    (folder / "tokenizer.json").unlink()
    hub.requests.clear()
    assert locate_models(settings, fetch=True).encoder == folder
    files = [request for request in hub.requests if "GET /somebody" in request]
    assert files == [f"GET /somebody/tiny/resolve/{COMMIT}/tokenizer.json"]


def test_a_damaged_receipt_counts_for_nothing(settings: Settings) -> None:
    """It is written anew."""
    folder = locate_models(settings, fetch=True).encoder
    (folder / "footnote.json").write_text("[]")
    with pytest.raises(SettingsError):
        locate_models(replace(settings, allow_downloads=False), fetch=True)
    locate_models(settings, fetch=True)
    assert json.loads((folder / "footnote.json").read_text())["files"]
