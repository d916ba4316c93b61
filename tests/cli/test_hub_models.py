"""The whole way with an encoder from the hub: the first start fetches it, and what comes after is offline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.domain.fact import Fact
from tests.cli.conftest import Footnote
from tests.hub import serving
from tests.matching.onnx_file import encoder_graph, write_model


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_first_run_downloads_and_the_next_commands_are_offline(
    footnote: Footnote, sure: Fact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused, then allowed, then there; and a model that nobody measured answers nothing by itself."""
    write_model(tmp_path / "made", encoder_graph(), name="onnx/model.onnx")
    monkeypatch.setenv("FOOTNOTE_ENCODER", "somebody/tiny")
    refused = footnote(stdin=sure.claim)
    assert (refused.status, refused.out) == (2, "")
    assert "FOOTNOTE_ALLOW_DOWNLOADS=yes" in refused.err
    with serving() as hub:
        hub.add("somebody/tiny", tmp_path / "made")
        monkeypatch.setenv("FOOTNOTE_ALLOW_DOWNLOADS", "yes")
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        ran = footnote(stdin=f"{sure.claim}\n")
        assert (ran.status, ran.err) == (0, "")
        assert hub.requests
    assert (tmp_path / "models" / "somebody--tiny" / "onnx" / "model.onnx").is_file()
    checked = footnote("check", "--json", sure.claim)
    assert checked.status == 0
    [answer] = checked.answers
    assert answer["action"] == "queue"
    assert any("not measured with these models" in reason for reason in answer["reasons"])
    assert json.loads(footnote("doctor", "--json").out)["checks"]
