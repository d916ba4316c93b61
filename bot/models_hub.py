"""Which model folders are in use, and how one comes from the Hugging Face hub: the only module that downloads anything.

A model is fetched once, into ``models`` beside the database; a receipt written last says that it is whole, and from
then on no request is made. Nothing is fetched unless the settings allow it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.domain.errors import ModelError, SettingsError
from bot.matching.model_files import wanted
from bot.matching.models import CALIBRATION, ENCODER, RELATION
from bot.settings import Settings
from bot.settings_models import HubModel

log = logging.getLogger(__name__)

_RECEIPT = "footnote.json"
"""What the download wrote last: the model's name, its commit, and its files."""
_REFUSED = {401, 403, 404}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFolders:
    """Where the models in use and their calibration lie."""

    encoder: Path
    relation: Path
    calibration: Path


def locate_models(settings: Settings, *, fetch: bool) -> ModelFolders:
    """Return where the models in use lie, after downloading what is missing and allowed. Blocking.

    Args:
        settings: The settings.
        fetch: Whether files may be written at all; what only looks must not.

    Raises:
        SettingsError: A model is to be downloaded first, and that isn't allowed.
        ModelError: A model can't be downloaded, or isn't there yet and ``fetch`` is false.
    """
    encoder = _located("FOOTNOTE_ENCODER", settings.encoder, settings, fetch=fetch)
    relation = _located("FOOTNOTE_RELATION", settings.relation, settings, fetch=fetch)
    return ModelFolders(
        encoder=encoder or ENCODER,
        relation=relation or RELATION,
        calibration=settings.calibration or CALIBRATION,
    )


def _located(setting: str, model: Path | HubModel | None, settings: Settings, *, fetch: bool) -> Path | None:
    if not isinstance(model, HubModel):
        return model
    folder = settings.downloads / str(model).replace("/", "--")
    if _whole(folder):
        return folder
    if not settings.allow_downloads:
        raise SettingsError(
            f"{setting} names {model}, which is no folder here; set FOOTNOTE_ALLOW_DOWNLOADS=yes to download it from "
            "the Hugging Face hub, or correct the path."
        )
    if not fetch:
        raise ModelError(f"{setting} names {model}, which isn't downloaded yet; `footnote run` does that first.")
    _download(model, folder, token=settings.hub_token, endpoint=settings.hub_endpoint)
    return folder


def _whole(folder: Path) -> bool:
    try:
        files = json.loads((folder / _RECEIPT).read_text(encoding="utf-8"))["files"]
        return bool(files) and all((folder / name).is_file() for name in files)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _download(model: HubModel, folder: Path, *, token: str | None, endpoint: str | None) -> None:
    """Fetch what loading reads of a model, and nothing else.

    Raises:
        ModelError: The hub can't be reached, doesn't have the model or doesn't give it out, or it isn't in ONNX.
    """
    _quieten()
    log.info("model.downloading", extra={"model": str(model)})
    with _translated(model, folder):
        # False rather than None: the library would look for a token in the home folder.
        commit, files = _fetch(model, folder, token or False, endpoint)
    if not files:
        raise ModelError(f"{model} on the Hugging Face hub holds no model.onnx with a tokenizer.json; name another.")
    # Where the hub falls silent halfway, the library returns what it has.
    if not all((folder / name).is_file() for name in files):
        raise ModelError(f"The download of {model} from the Hugging Face hub broke off; start again.")
    receipt = {"model": str(model), "commit": commit, "files": files}
    (folder / _RECEIPT).write_text(json.dumps(receipt, indent=1) + "\n", encoding="utf-8")
    log.info("model.downloaded", extra={"model": str(model), "commit": commit})


def _quieten() -> None:
    """Set up the library: no telemetry, no cache in the home folder, nothing on the terminal."""
    from huggingface_hub import constants  # noqa: PLC0415 -- nothing of the library is loaded where nothing is fetched
    from huggingface_hub.utils.tqdm import disable_progress_bars  # noqa: PLC0415

    constants.HF_HUB_DISABLE_TELEMETRY = True
    constants.HF_HUB_DISABLE_XET = True  # its downloads pass through a cache of its own
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    disable_progress_bars()


def _fetch(
    model: HubModel, folder: Path, token: str | Literal[False], endpoint: str | None
) -> tuple[str | None, list[str]]:
    """Download into a folder, and return the commit and the files; without files there is nothing to load."""
    from huggingface_hub import HfApi, snapshot_download  # noqa: PLC0415 -- as above

    info = HfApi(endpoint=endpoint, token=token).model_info(model.name, revision=model.revision)
    files = wanted(sibling.rfilename for sibling in info.siblings or ())
    if files:
        snapshot_download(
            model.name,
            revision=info.sha,
            local_dir=folder,
            cache_dir=folder / ".cache",
            allow_patterns=files,
            token=token,
            endpoint=endpoint,
        )
    return info.sha, files


@contextmanager
def _translated(model: HubModel, folder: Path) -> Iterator[None]:
    """Turn the library's errors into one sentence."""
    from huggingface_hub.errors import HfHubHTTPError  # noqa: PLC0415 -- as above

    try:
        yield
    except PermissionError as error:
        raise ModelError(f"{folder} can't be written to; make it writable, so that {model} can lie there.") from error
    except Exception as error:  # those of the library's HTTP client have no class that it exports
        if isinstance(error, HfHubHTTPError) and error.response.status_code in _REFUSED:
            raise ModelError(
                f"The Hugging Face hub has no {model} or doesn't give it to everybody; check the name or set HF_TOKEN."
            ) from error
        raise ModelError(
            f"{model} can't be downloaded from the Hugging Face hub; check the connection and the disk and try again."
        ) from error
