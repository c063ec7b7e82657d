"""Where the servers live: usually in the checkout, elsewhere when it cannot be."""

import os
from pathlib import Path

import pytest

from backoffice.launch import place
from backoffice.launch.home import Home
from backoffice.launch.texts import Trouble


def test_sockets_stay_in_the_checkout_when_they_fit(tmp_path: Path) -> None:
    wanted = Path("/srv/shop/.bo/up/servers/run")
    assert place.socket_folder(wanted, salt="x") == wanted


def test_sockets_of_a_long_path_go_to_a_short_folder_that_is_the_same_every_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place.tempfile, "gettempdir", lambda: "/tmp")
    long = Path("/srv") / ("x" * 100) / "run"
    first, again = (place.socket_folder(long, salt=str(tmp_path)) for _ in range(2))
    other = place.socket_folder(long, salt=str(tmp_path / "other"))
    try:
        assert first == again
        assert first != other
        assert first.parent.parent == Path("/tmp")
        assert len(os.fsencode(first / place.LONGEST_NAME)) <= 107
        assert first.parent.stat().st_mode & 0o777 == 0o711
    finally:
        first.parent.rmdir()
        other.parent.rmdir()


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/a/run", True),
        ("/" + "b" * 92, True),
        ("/" + "b" * 93, False),
        ("/shop with blanks/run", False),
        ("/größe/run", False),
        ("/50%/run", False),
    ],
)
def test_knows_which_paths_fit(path: str, answer: bool) -> None:
    assert place.fits(Path(path)) is answer


def test_a_folder_that_somebody_planted_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    for planted in ("link", "open"):
        with pytest.raises(Trouble, match="was made by somebody else"):
            place.private_folder(tmp_path / planted)
    assert place.private_folder(tmp_path / "mine") == tmp_path / "mine"
    assert place.private_folder(tmp_path / "mine") == tmp_path / "mine"


def test_root_moves_the_servers_out_of_a_folder_that_their_user_cannot_reach_and_nobody_else_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    (hidden / ".venv").symlink_to(Home.here().venv)
    monkeypatch.setattr(place, "lasting_temp", lambda: folder)
    home = Home(hidden)
    home.up.mkdir(parents=True)
    found = place.prepare_place(home, home.up)
    if os.geteuid() == 0:
        assert found.data == folder / f"bo-{home.name}-0" / "up"
        assert str(found.data) in (home.up / "elsewhere").read_text().splitlines()
    else:
        assert found.data == home.up / "servers"
    data = found.folder("pg")
    owner = found.user.uid if found.user else os.geteuid()
    assert (data.stat().st_uid, data.stat().st_mode & 0o777) == (owner, 0o700)
    assert hidden.stat().st_mode & 0o777 == 0o700  # nothing was opened for it
    place.remove_elsewhere(home.up)
    assert found.data.exists() is (os.geteuid() != 0)


def test_the_servers_folders_are_closed_to_everybody_else(home: Home) -> None:
    state = home.root / "state"
    state.mkdir(mode=0o711)
    found = place.prepare_place(home, state)
    for closed in (found.folder("pg"), found.sockets):
        assert closed.stat().st_mode & 0o777 == 0o700
        assert closed.stat().st_uid == (found.user.uid if found.user else os.geteuid())
