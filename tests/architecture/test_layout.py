"""The house keeps its shape: its top level, its floors, its names."""

import re
import subprocess
import sys

from tests.architecture.source import APPS, ROOT, files, name, text

TOP = {
    "manage.py", "bo", "pyproject.toml", "requirements.txt", "docker-compose.yml", "README.md", "CHANGELOG.md",
    ".gitignore", ".dockerignore", ".ci", "backoffice", "orders", "inventory", "warehouse", "returns", "reporting",
    "integrations", "templates", "tests", "benchmarks", "locale",
}  # fmt: skip


def tracked() -> list[str]:
    """The files that belong to the project: those git knows, and new ones it does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for path in listed.stdout.splitlines() if (ROOT / path).exists()]


def test_the_top_level_is_the_agreed_one() -> None:
    assert {path.split("/")[0] for path in tracked()} - TOP == set()


def test_no_file_is_named_for_nothing() -> None:
    nothing = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
    assert [name(path) for path in files() if path.stem in nothing or path.parent.name in nothing] == []


def test_the_floors_and_the_rooms_import_downward_only() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout[-3000:] + outcome.stderr[-2000:]


def test_no_lock_of_another_tool_and_no_host_in_ours() -> None:
    names = set(tracked())
    assert names & {"uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock"} == set()
    for lock in ("requirements.txt", "tests/requirements.txt"):
        content = (ROOT / lock).read_text()
        assert "://" not in content and "--index" not in content
        assert content.count("--hash=sha256:") > 100


def test_pages_load_nothing_from_elsewhere() -> None:
    found = []
    for folder, pattern in (("templates", "*.html"), ("backoffice/static", "*.js"), ("backoffice/static", "*.css")):
        for path in files(folder, pattern=pattern):
            content = text(path).replace("http://www.w3.org/", "")
            elsewhere = ('src="http', 'href="http', "url(http", "@import url(http", "//cdn")
            if any(mark in content for mark in elsewhere):
                found.append(name(path))
    assert found == []


def test_pages_hold_no_inline_script_and_no_inline_style() -> None:
    bad = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\sstyle=\"|\son[a-z]+=\"|javascript:", re.I
    )
    mails_and_print = ("mail/", "print/")
    found = [
        f"{name(path)}: {match.group(0)}"
        for path in files("templates", pattern="*.html")
        if not any(part in name(path) for part in mails_and_print)
        for match in bad.finditer(re.sub(r"{[%#].*?[%#]}", "", text(path), flags=re.S))
    ]
    assert found == []


def test_every_app_is_known_to_the_contracts() -> None:
    contract = (ROOT / "pyproject.toml").read_text()
    assert all(f'"{app}"' in contract for app in APPS)
