"""What the children are told by environment: nothing of it is ever written into the tree."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from backoffice.launch.home import Home
from backoffice.launch.servers import is_named
from backoffice.launch.texts import Trouble


def child_environment(home: Home, *additions: Mapping[str, str]) -> dict[str, str]:
    """Our own environment, with the folder's Python first on the path and the additions over it."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    kept["VIRTUAL_ENV"] = str(home.venv)
    kept["PATH"] = f"{home.venv / 'bin'}{os.pathsep}{kept.get('PATH', os.defpath)}"
    kept["PYTHONUNBUFFERED"] = "1"
    for addition in additions:
        kept.update(addition)
    return kept


def files_root(home: Home) -> Path:
    """Where stored files (documents, pictures, results of jobs) are."""
    return Path(os.environ.get("BACKOFFICE_FILES_ROOT") or home.up / "files")


def application_environment(home: Home, addresses: Mapping[str, str], *, url: str = "") -> dict[str, str]:
    """What web, worker, beat and `./bo manage` get. What the environment names already is left as it is."""
    found = {
        "DJANGO_SETTINGS_MODULE": "backoffice.settings.dev",
        "BACKOFFICE_FILES_ROOT": str(files_root(home)),
        **keys(home),
    }
    if url:
        found["PUBLIC_URL"] = url
    wanted = {name: value for name, value in found.items() if not is_named(name)}
    return child_environment(home, wanted, addresses)


def keys(home: Home) -> dict[str, str]:
    """The secrets of this folder, made once: sessions and encrypted values must survive a restart and a reset."""
    path = home.state / "keys.json"
    try:
        content = json.loads(path.read_text())
        return {str(name): str(value) for name, value in content.items()}
    except FileNotFoundError:
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "SECRET_KEY_RING": f"bo1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        }
    except (OSError, ValueError, AttributeError) as error:
        raise Trouble(
            f"The keys of this folder cannot be read from {path}.",
            "Put the file back from your backup. Without it, encrypted values in the database are lost;\n"
            "when there are none worth keeping, remove the file and a new one is made.",
        ) from error
    aside = path.with_suffix(".new")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        json.dump(made, handle)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(aside, path)
    return made
