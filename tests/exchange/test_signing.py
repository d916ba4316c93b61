from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nacl.signing import SigningKey

from bot.domain.errors import UsageError
from bot.domain.pack import Signature
from bot.exchange.signing import check, fingerprint, make_key, public_key, read_key, sign
from bot.exchange.sound_json import canonical, parse
from tests.exchange.sound_facts import JSON, texts

KEY = SigningKey(bytes(range(32)))
OTHER = SigningKey(bytes(32))
DATA: dict[str, Any] = {"name": "moon", "facts": [{"slug": "moon-cheese", "rest": {"stars": 1.0, "é": None}}]}
PACKS = st.dictionaries(texts(8).filter(lambda name: name != "signature"), JSON, min_size=1, max_size=4)


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value that holds no other."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in inner:
        yield from places(value, (*path, name))
    if not inner:
        yield path


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return the data with another value in a place."""
    data = copy.deepcopy(data)
    at = data
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return data


@given(PACKS, st.sampled_from([None, 1, 4]), st.booleans())
def test_a_signature_holds_however_the_file_is_laid_out(data: dict[str, Any], indent: int | None, plain: bool) -> None:  # noqa: FBT001
    """Spaces, the order of names and escapes are nobody's business."""
    signed = sign(data, KEY)
    text = json.dumps(dict(reversed(signed.items())), indent=indent, ensure_ascii=plain)
    assert check(parse(text)) == (Signature.VALID, public_key(KEY))


@given(st.data(), PACKS, JSON)
@settings(deadline=None)
def test_any_change_breaks_the_signature(data: st.DataObject, pack: dict[str, Any], value: object) -> None:
    """Whatever is changed, wherever; 1, 1.0 and true are three values. The signature itself is no exception."""
    signed = sign(pack, KEY)
    path = data.draw(st.sampled_from(list(places(signed))))
    tampered = changed(signed, path, value)
    assume(canonical(tampered) != canonical(signed))
    assert check(tampered) == (Signature.BROKEN, None)


def test_a_name_that_is_lost_added_or_changed_breaks_the_signature() -> None:
    """Not only values count."""
    signed = sign(DATA, KEY)
    lost = {name: value for name, value in signed.items() if name != "name"}
    for tampered in (lost, {**signed, "more": None}, {**lost, "nAme": "moon"}):
        assert check(tampered) == (Signature.BROKEN, None)


def _in_signature(name: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda said: said.__setitem__(name, value)


NONCANONICAL = base64.b64encode(KEY.sign(b"x").signature).decode()[:-3] + "B=="
FAULTS: list[Callable[[dict[str, Any]], object]] = [
    lambda said: said.clear(),
    lambda said: said.pop("key"),
    lambda said: said.__setitem__("value", said["value"][:-4]),
    lambda said: said.__setitem__("value", said["value"] + "\n"),
    lambda said: said.__setitem__("value", said["value"].rstrip("=")),
    lambda said: said.__setitem__("key", f" {said['key']}"),
    _in_signature("algorithm", "none"),
    _in_signature("algorithm", None),
    _in_signature("algorithm", ["ed25519"]),
    _in_signature("more", 1),
    _in_signature("key", public_key(OTHER)),
    _in_signature("key", base64.b64encode(bytes(32)).decode()),
    _in_signature("key", None),
    _in_signature("value", base64.b64encode(bytes(64)).decode()),
    _in_signature("value", "é"),
    _in_signature("value", NONCANONICAL),
    _in_signature("value", 5),
]


@pytest.mark.parametrize("fault", FAULTS, ids=range(len(FAULTS)))
def test_a_malformed_signature_is_a_broken_one(fault: Callable[[dict[str, Any]], object]) -> None:
    """It is never taken for none: who tampers with a signature must not come off better for spoiling it."""
    signed = sign(DATA, KEY)
    fault(signed["signature"])
    assert check(signed) == (Signature.BROKEN, None)


@pytest.mark.parametrize("value", [None, "", [], 0, "ed25519"])
def test_what_is_no_object_is_a_broken_signature(value: object) -> None:
    """Even null."""
    assert check({**DATA, "signature": value}) == (Signature.BROKEN, None)


def test_a_pack_without_a_signature_is_unsigned() -> None:
    """Nothing more, and nothing less."""
    assert check(DATA) == (Signature.NONE, None)


def test_a_second_signature_takes_the_place_of_the_first() -> None:
    """A pack has one signer; the data that was given stays as it is."""
    data = sign(DATA, KEY)
    assert check(sign(data, OTHER)) == (Signature.VALID, public_key(OTHER))
    assert check(data) == (Signature.VALID, public_key(KEY))


def test_the_signature_is_known() -> None:
    """Signing is the same everywhere and for ever: a changed way to sign would break every pack there is."""
    said = sign({"name": "é"}, KEY)["signature"]
    signed = b'footnote-pack/1\n{"name":"\xc3\xa9"}'
    KEY.verify_key.verify(signed, base64.b64decode(said["value"]))
    assert said["key"] == "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="


def test_a_key_file_is_read_again() -> None:
    """It is one line, and each key is another."""
    one, other = make_key(), make_key()
    assert one != other
    assert one.startswith("footnote-key/1 ")
    assert one.count("\n") == 1
    assert public_key(read_key(f" {one}\r\n")) == public_key(read_key(one)) != public_key(read_key(other))


SEED = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text", ["", SEED, f"footnote-key/2 {SEED}", f"footnote-key/1 {SEED[:-4]}", f"footnote-key/1{SEED}", "\0", "é é"]
)
def test_what_is_no_key_file_is_refused_without_its_words(text: str) -> None:
    """A key must not end up in a log because its file has a fault."""
    with pytest.raises(UsageError) as caught:
        read_key(text)
    assert str(caught.value) == 'This is no key for packs; its file holds one line that begins with "footnote-key/1".'


def test_a_fingerprint_is_short_enough_to_be_read_out() -> None:
    """Four groups of four."""
    assert fingerprint(public_key(KEY)) == "5647-5aa7-5463-474c"
    assert fingerprint(public_key(OTHER)) != fingerprint(public_key(KEY))
