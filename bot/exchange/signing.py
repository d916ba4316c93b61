"""Signatures of packs (Ed25519) and the keys that make them.

What is signed is the line "footnote-pack/1" and then, in UTF-8, the canonical JSON (see ``sound_json``) of the pack
without its "signature". So spaces, line breaks, the order of names and the way that a character is escaped may change
on the way; what the pack says may not.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from bot.domain.errors import UsageError
from bot.domain.pack import Signature
from bot.exchange.pack import FORMAT
from bot.exchange.sound_json import canonical

_ALGORITHM = "ed25519"
_KEY_FORMAT = "footnote-key/1"
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_GROUP = 4
_SHOWN = 16


def sign(data: Mapping[str, Any], key: SigningKey) -> dict[str, Any]:
    """Return a pack's JSON with its signature, in place of one that it had."""
    value = key.sign(_signed(data)).signature
    signature = {"algorithm": _ALGORITHM, "key": public_key(key), "value": _text(value)}
    return {**{name: part for name, part in data.items() if name != "signature"}, "signature": signature}


def check(data: Mapping[str, Any]) -> tuple[Signature, str | None]:
    """Return what a pack's signature is worth, and the public key that made it where it is valid.

    Whatever stands there as a signature and doesn't verify is broken, however little it looks like one.
    """
    if "signature" not in data:
        return Signature.NONE, None
    said = data["signature"]
    if not isinstance(said, dict) or set(said) != {"algorithm", "key", "value"} or said["algorithm"] != _ALGORITHM:
        return Signature.BROKEN, None
    key, value = _bytes(said["key"], _KEY_BYTES), _bytes(said["value"], _SIGNATURE_BYTES)
    if key is None or value is None:
        return Signature.BROKEN, None
    try:
        VerifyKey(key).verify(_signed(data), value)
    except BadSignatureError:
        return Signature.BROKEN, None
    return Signature.VALID, _text(key)


def make_key() -> str:
    """Return a new key as the text of its file. It is a secret."""
    return f"{_KEY_FORMAT} {_text(bytes(SigningKey.generate()))}\n"


def read_key(text: str) -> SigningKey:
    """Return the key that a key file's text says.

    Raises:
        UsageError: It is no key; the message tells nothing of the text.
    """
    kind, _, seed = text.strip().partition(" ")
    found = _bytes(seed.strip(), _KEY_BYTES)
    if kind != _KEY_FORMAT or found is None:
        raise UsageError(f'This is no key for packs; its file holds one line that begins with "{_KEY_FORMAT}".')
    return SigningKey(found)


def public_key(key: SigningKey) -> str:
    """Return a key's public half: 32 bytes in base64."""
    return _text(bytes(key.verify_key))


def fingerprint(public: str) -> str:
    """Return what people compare of a public key, such as "ab12-cd34-ef56-7890"."""
    digest = hashlib.sha256(base64.b64decode(public)).hexdigest()[:_SHOWN]
    return "-".join(digest[start : start + _GROUP] for start in range(0, _SHOWN, _GROUP))


def _signed(data: Mapping[str, Any]) -> bytes:
    said = {name: part for name, part in data.items() if name != "signature"}
    return f"{FORMAT}\n{canonical(said)}".encode()


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(text: object, size: int) -> bytes | None:
    """Return what a text says in base64, or None where it isn't precisely the one text for so many bytes."""
    if not isinstance(text, str):
        return None
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if len(value) == size and _text(value) == text else None
