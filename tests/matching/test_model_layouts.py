"""Folders as they are found in the world: what is read of them, what is followed, and what is refused in words."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.domain.errors import ModelError
from bot.matching.encoder import OnnxEncoder
from bot.matching.model_files import name_of, same_model, wanted
from tests.matching.onnx_file import (
    FLOAT,
    FLOAT16,
    GATHER,
    INT32,
    INT64,
    TABLE,
    Graph,
    Node,
    encoder_graph,
    write_model,
)

HALF = math.sqrt(0.5)
POOLED = Node("ReduceMean", ("states",), "vector", {"axes": [1], "keepdims": 0})


def module(name: str, path: str = "") -> dict[str, str]:
    """One row of ``modules.json``."""
    return {"type": f"sentence_transformers.models.{name}", "path": path}


def roberta(positions: int) -> Graph:
    """The position of a token is its place among those that are no padding, counted from the padding's id, 1."""
    nodes = (
        Node("Equal", ("input_ids", "padding"), "is_padding"),
        Node("Not", ("is_padding",), "is_token"),
        Node("Cast", ("is_token",), "token", {"to": INT64}),
        Node("CumSum", ("token", "axis"), "places"),
        Node("Mul", ("places", "token"), "counted"),
        Node("Add", ("counted", "padding"), "position_ids"),
        Node("Gather", ("positions", "position_ids"), "position"),
        Node("Add", ("states", "position"), "last_hidden_state"),
    )
    return encoder_graph(
        *nodes,
        output="last_hidden_state",
        inputs=("input_ids", "attention_mask"),
        tables={
            "padding": np.array(1, dtype=np.int64),
            "axis": np.array(1, dtype=np.int64),
            "positions": np.zeros((positions, 3), dtype=np.float32),
            "table": TABLE[[1, 0, 2, 3]],
        },
    )


ROBERTA_WORDS = ("moon", "[PAD]", "cheese", "[UNK]")


@pytest.mark.parametrize("kind", [INT64, INT32], ids=["int64", "int32"])
@pytest.mark.parametrize(
    "inputs",
    [("input_ids",), ("input_ids", "attention_mask"), ("input_ids", "attention_mask", "token_type_ids")],
    ids=["ids", "distilbert", "bert"],
)
def test_a_graph_gets_the_inputs_that_it_wants(inputs: tuple[str, ...], kind: int, tmp_path: Path) -> None:
    """With token types or without, in the integers that it declares."""
    write_model(tmp_path, encoder_graph(inputs=inputs, input_kind=kind))
    assert OnnxEncoder(tmp_path).encode(["moon"]) == pytest.approx(np.array([[1, 0, 0]]))


def test_an_input_that_no_tokenizer_gives_is_refused(tmp_path: Path) -> None:
    """A decoder or a model of pictures is named for what it is."""
    write_model(tmp_path, encoder_graph(inputs=("input_ids", "pixel_values")))
    with pytest.raises(ModelError, match=r"wants an input pixel_values .*; set FOOTNOTE_ENCODER to another model\.$"):
        OnnxEncoder(tmp_path)


@pytest.mark.parametrize("place", ["onnx/model.onnx", "onnx/model_quantized.onnx", "onnx/model_int8.onnx"])
def test_the_graph_may_lie_where_exporters_put_it(place: str, tmp_path: Path) -> None:
    """In the folder ``onnx``, quantised or not."""
    write_model(tmp_path, encoder_graph(), name=place)
    assert OnnxEncoder(tmp_path).encode(["cheese"]) == pytest.approx(np.array([[0, 1, 0]]))


def test_weights_may_lie_beside_the_graph_and_count_for_its_name(tmp_path: Path) -> None:
    """Vectors of a model whose weights changed are never compared with the old ones."""
    for folder, table in (("one", TABLE), ("two", TABLE + 1)):
        write_model(tmp_path / folder, encoder_graph(tables={"table": table}), outside=True)
    one, two = OnnxEncoder(tmp_path / "one"), OnnxEncoder(tmp_path / "two")
    assert (tmp_path / "one" / "model.onnx_data").is_file()
    assert one.encode(["moon"]) == pytest.approx(np.array([[1, 0, 0]]))
    assert not same_model(one.name, two.name)
    (tmp_path / "one").rename(tmp_path / "else-where")
    assert same_model(one.name, name_of(tmp_path / "else-where"))


@pytest.mark.parametrize("source", ["tokenizer", "config"])
def test_padding_is_what_the_model_was_made_with(source: str, tmp_path: Path) -> None:
    """A RoBERTa pads with 1, and says so in one of two files; with 0 its positions would run away."""
    write_model(
        tmp_path,
        roberta(130),
        words=ROBERTA_WORDS,
        config={"model_type": "roberta", "max_position_embeddings": 130, "pad_token_id": 1},
    )
    if source == "tokenizer":
        file = tmp_path / "tokenizer.json"
        padding = (
            '"padding": {"strategy": "BatchLongest", "direction": "Right", "pad_to_multiple_of": null, '
            '"pad_id": 1, "pad_type_id": 0, "pad_token": "[PAD]"}'
        )
        file.write_text(file.read_text().replace('"version": "1.0"', f'"version": "1.0", {padding}'))
        (tmp_path / "config.json").write_text('{"model_type": "roberta", "max_position_embeddings": 130}')
    vectors = OnnxEncoder(tmp_path).encode(["moon moon cheese cheese", "moon"])
    assert vectors == pytest.approx(np.array([[HALF, HALF, 0], [1, 0, 0]]), abs=1e-6)


@pytest.mark.parametrize(
    ("model_type", "positions", "rows"), [("roberta", 34, 34), ("xlm-roberta", 34, 34), ("bert", 32, 34)]
)
def test_texts_are_cut_where_positions_end(model_type: str, positions: int, rows: int, tmp_path: Path) -> None:
    """The probe is longer than 128 tokens, so that loading shows it; RoBERTa's kind has two positions fewer."""
    config = {"model_type": model_type, "max_position_embeddings": positions, "pad_token_id": 1}
    write_model(tmp_path, roberta(rows), words=ROBERTA_WORDS, config=config)
    assert np.isfinite(OnnxEncoder(tmp_path).encode(["cheese " * 500])).all()


def test_a_graph_that_fails_on_long_texts_is_found_while_loading(tmp_path: Path) -> None:
    """Not when the first long post comes."""
    write_model(tmp_path, roberta(34), words=ROBERTA_WORDS, config={"pad_token_id": 1})
    with pytest.raises(ModelError, match=r"fails to run; its graph and its tokenizer don't go together; set FOOTNOTE_"):
        OnnxEncoder(tmp_path)


def test_a_model_without_room_for_a_sentence_is_refused(tmp_path: Path) -> None:
    """As is one whose configuration is mistaken about it."""
    write_model(tmp_path, encoder_graph(), config={"max_position_embeddings": 4})
    with pytest.raises(ModelError, match="has room for 4 tokens"):
        OnnxEncoder(tmp_path)


@pytest.mark.parametrize(
    "pooling",
    [{"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, {"pooling_mode": "cls"}],
    ids=["switches", "name"],
)
def test_the_first_token_may_stand_for_the_text(pooling: dict[str, object], tmp_path: Path) -> None:
    """As BGE's pooling says, in the old spelling and the new."""
    write_model(tmp_path, encoder_graph(), pooling=pooling, modules=[module("Transformer"), module("Normalize")])
    assert OnnxEncoder(tmp_path).encode(["moon cheese"]) == pytest.approx(np.array([[1, 0, 0]]))


@pytest.mark.parametrize(
    "pooling",
    [{"pooling_mode_mean_tokens": True}, {"pooling_mode_mean_sqrt_len_tokens": True}, {"pooling_mode": "mean"}, {}],
)
def test_else_it_is_the_mean(pooling: dict[str, object], tmp_path: Path) -> None:
    """By each of its names; another folder is read where ``modules.json`` says so."""
    pooling_path = "2_Pooling/config.json"
    files: dict[str, Any] = {pooling_path: pooling, "pooling": {"pooling_mode": "max"}}
    write_model(tmp_path, encoder_graph(), modules=[module("Pooling", "2_Pooling")], **files)
    assert OnnxEncoder(tmp_path).encode(["moon cheese"]) == pytest.approx(np.array([[HALF, HALF, 0]]), abs=1e-6)


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"pooling": {"pooling_mode_max_tokens": True}}, "pools tokens by max,"),
        ({"pooling": {"pooling_mode_lasttoken": True}}, "pools tokens by lasttoken,"),
        ({"pooling": {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True}}, "by cls and mean,"),
        ({"modules": [module("Transformer"), module("Dense", "2_Dense")]}, "has a step Dense after its graph"),
        ({"modules": "[1, 2]"}, "has a malformed JSON file"),
        ({"pooling": "{"}, "has a malformed JSON file"),
        (
            {"pooling": {"include_prompt": False}, "sentences": {"prompts": {"query": "moon "}}},
            "leaves its prompt out of the mean",
        ),
    ],
)
def test_what_cannot_be_followed_is_refused_in_words(files: dict[str, Any], why: str, tmp_path: Path) -> None:
    """Vectors pooled another way look sound and are wrong."""
    write_model(tmp_path, encoder_graph(), **files)
    with pytest.raises(ModelError, match=f"{re.escape(why)}.*; set FOOTNOTE_ENCODER to another model\\.$"):
        OnnxEncoder(tmp_path)


@pytest.mark.parametrize("output", ["sentence_embedding", "embedding"])
def test_vectors_that_the_graph_has_pooled_are_taken_as_they_are(output: str, tmp_path: Path) -> None:
    """Whatever steps are listed: they are in the graph already."""
    pooled = Node("ReduceMean", ("states",), output, {"axes": [1], "keepdims": 0})
    graph = encoder_graph(pooled, output=output, shape=("batch", "dimensions"))
    write_model(tmp_path, graph, modules=[module("Dense")])
    assert OnnxEncoder(tmp_path).encode(["moon cheese"]) == pytest.approx(np.array([[HALF, HALF, 0]]), abs=1e-6)


def test_a_sentence_embedding_is_preferred_to_token_states(tmp_path: Path) -> None:
    """Exports of whole pipelines give both, token states first."""
    both = Graph(
        (GATHER, Node("ReduceMax", ("states",), "sentence_embedding", {"axes": [1], "keepdims": 0})),
        {"table": TABLE},
        {"input_ids": (INT64, ("batch", "words"))},
        {
            "states": (FLOAT, ("batch", "words", "dimensions")),
            "sentence_embedding": (FLOAT, ("batch", "dimensions")),
        },
    )
    write_model(tmp_path, both)
    vector = OnnxEncoder(tmp_path).encode(["moon moon moon cheese"])
    assert vector == pytest.approx(np.array([[HALF, HALF, 0]]), abs=1e-6)


def test_half_floats_are_widened(tmp_path: Path) -> None:
    """Means of many are taken in single precision."""
    graph = encoder_graph(Node("Cast", ("states",), "half", {"to": FLOAT16}), output="half", kind=FLOAT16)
    write_model(tmp_path, graph)
    vectors = OnnxEncoder(tmp_path).encode(["moon cheese"])
    assert vectors.dtype == np.float32
    assert vectors == pytest.approx(np.array([[HALF, HALF, 0]]), abs=1e-6)


@pytest.mark.parametrize(
    "sentences",
    [
        {"prompts": {"query": "moon ", "passage": "cheese "}, "default_prompt_name": None},
        {"prompts": {"query": "cheese ", "sts": "moon "}, "default_prompt_name": "sts"},
    ],
)
def test_a_prompt_stands_before_each_text(sentences: dict[str, object], tmp_path: Path) -> None:
    """The default one, else that for queries, and the same for a post and a claim."""
    write_model(tmp_path, encoder_graph(), sentences=sentences)
    vectors = OnnxEncoder(tmp_path).encode(["cheese", "moon"])
    assert vectors == pytest.approx(np.array([[HALF, HALF, 0], [1, 0, 0]]), abs=1e-6)


@pytest.mark.parametrize(
    ("graph", "why"),
    [
        (encoder_graph(POOLED, Node("Identity", ("vector",), "logits"), output="logits", shape=("b", "c")), "scores"),
        (encoder_graph(tables={"table": TABLE * np.float32(np.nan)}), "not numbers"),
        (
            encoder_graph(
                Node("ReduceMean", ("states",), "one", {"axes": [1, 2], "keepdims": 0}), output="one", shape="b"
            ),
            "neither a vector a text nor a vector a token",
        ),
        (encoder_graph(tables={"table": TABLE[:3]}), "fails to run"),
    ],
    ids=["cross-encoder", "nan", "numbers", "smaller-than-the-vocabulary"],
)
def test_a_graph_that_gives_no_vectors_is_refused(graph: Graph, why: str, tmp_path: Path) -> None:
    """While loading, in one sentence."""
    write_model(tmp_path, graph)
    with pytest.raises(ModelError, match=f"{why}.*; set FOOTNOTE_ENCODER to another model\\.$"):
        OnnxEncoder(tmp_path)


def test_only_what_loading_reads_is_wanted() -> None:
    """One graph with its weights, the tokenizer, the small files; no other format's weights."""
    small = ["config.json", "1_Pooling/config.json", "modules.json", "config_sentence_transformers.json"]
    rest = ["README.md", "model.safetensors", "pytorch_model.bin", "onnx/model_O2.onnx", "2_Dense/config.json"]
    onnx = ["onnx/model.onnx", "onnx/model.onnx_data", "onnx/model.onnx_data_1", "onnx/model_quantized.onnx"]
    expected = [*small, "tokenizer.json", "onnx/model.onnx", "onnx/model.onnx_data", "onnx/model.onnx_data_1"]
    assert wanted([*small, *rest, *onnx, "tokenizer.json"]) == sorted(expected)
    assert wanted(["tokenizer.json", "onnx/model_int8.onnx"]) == ["onnx/model_int8.onnx", "tokenizer.json"]
    assert wanted([*small, *rest, "tokenizer.json"]) == []
    assert wanted(["model.onnx"]) == []
