"""When the environment is used as it is, grown, or made anew."""

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from backoffice.launch import venv
from backoffice.launch.home import Home
from backoffice.launch.texts import Trouble


@pytest.fixture
def checkout(tmp_path: Path) -> Home:
    (tmp_path / "tests").mkdir()
    (tmp_path / "requirements.txt").write_text("one==1 \\\n    --hash=sha256:00\n")
    (tmp_path / "tests" / "requirements.txt").write_text("one==1 \\\n    --hash=sha256:00\ntwo==2 \\\n")
    return Home(tmp_path)


def make_environment(home: Home, stamp: venv.Stamp) -> None:
    (home.venv / "bin").mkdir(parents=True)
    home.python.symlink_to(sys.executable)
    (home.venv / venv.STAMP).write_text(json.dumps(asdict(stamp)))


def test_an_environment_from_the_same_lock_is_used_without_asking_any_index(checkout: Home) -> None:
    make_environment(checkout, venv.wanted_stamp(checkout, venv.Level.RUNTIME))
    assert venv.ensure(checkout) == checkout.python


def test_an_environment_with_the_test_tools_serves_both(checkout: Home) -> None:
    stamp = venv.wanted_stamp(checkout, venv.Level.TESTS)
    assert stamp.serves(venv.wanted_stamp(checkout, venv.Level.RUNTIME))
    assert stamp.serves(stamp)


def test_an_environment_without_the_test_tools_does_not_serve_the_tests(checkout: Home) -> None:
    stamp = venv.wanted_stamp(checkout, venv.Level.RUNTIME)
    assert not stamp.serves(venv.wanted_stamp(checkout, venv.Level.TESTS))
    assert stamp.can_grow_into(venv.wanted_stamp(checkout, venv.Level.TESTS))


def test_a_changed_lock_makes_the_environment_grow(checkout: Home) -> None:
    before = venv.wanted_stamp(checkout, venv.Level.RUNTIME)
    checkout.runtime_lock.write_text("one==2\n")
    after = venv.wanted_stamp(checkout, venv.Level.RUNTIME)
    assert not before.serves(after)
    assert before.can_grow_into(after)


@pytest.mark.parametrize("difference", [{"python": "cpython-3.9"}, {"place": "/elsewhere/.venv"}])
def test_another_python_or_place_makes_it_anew(checkout: Home, difference: dict[str, str]) -> None:
    wanted = venv.wanted_stamp(checkout, venv.Level.RUNTIME)
    other = replace(wanted, **difference)
    assert not other.serves(wanted)
    assert not other.can_grow_into(wanted)


def test_a_half_made_environment_is_none(checkout: Home) -> None:
    make_environment(checkout, venv.wanted_stamp(checkout, venv.Level.RUNTIME))
    (checkout.venv / venv.STAMP).unlink()
    assert venv.read_stamp(checkout.venv) is None


def test_an_environment_whose_python_was_removed_is_none(checkout: Home) -> None:
    make_environment(checkout, venv.wanted_stamp(checkout, venv.Level.RUNTIME))
    checkout.python.unlink()
    checkout.python.symlink_to("/nowhere/python3")
    assert venv.read_stamp(checkout.venv) is None


def test_a_python_without_venv_is_told_in_one_sentence(checkout: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venv.shutil, "which", lambda name: None)
    monkeypatch.setattr(venv.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(Trouble) as refused:
        venv.ensure(checkout)
    assert refused.value.what == "This Python cannot make an environment: its venv module is not installed."
    assert f"apt-get install python3.{sys.version_info[1]}-venv" in refused.value.todo
    assert not checkout.venv.exists()


def test_a_missing_lock_is_named(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"requirements\.txt cannot be read"):
        venv.ensure(Home(tmp_path))


def test_packages_are_counted_without_their_hashes(checkout: Home) -> None:
    assert venv.count_packages(checkout.runtime_lock) == 1
    assert venv.count_packages(checkout.tests_lock) == 2
