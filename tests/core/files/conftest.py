"""What the tests of files share."""

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def files_root(settings: Settings, tmp_path: Path) -> Path:
    """Each test has a disk of its own."""
    settings.FILES_ROOT = tmp_path / "files"
    return tmp_path / "files"
