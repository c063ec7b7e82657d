"""The doctor finds what is wrong, says what to do, and fails only for what stops the start."""

from pathlib import Path

import pytest

from backoffice.launch import doctor, lock, logs, pango
from backoffice.launch.home import Home
from backoffice.launch.texts import Trouble


def test_missing_pango_is_one_line_with_what_to_install_and_no_failure(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pango, "is_there", lambda: False)
    monkeypatch.setattr(pango.sys, "platform", "linux")
    assert doctor.run(home, []) == 0
    lines = capsys.readouterr().out.splitlines()
    index = lines.index("note  PDF             off: pango is missing; everything else works")
    assert lines[index + 1].strip() == "apt-get install libpangoft2-1.0-0 libharfbuzz-subset0"


def test_libraries_that_are_not_there_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pango, "NEEDED", (("libno-such-thing.so.1", "libno-such-thing.dylib"),))
    assert pango.is_there() is False
    monkeypatch.setattr(pango, "NEEDED", ())
    assert pango.is_there() is True


def test_a_full_disk_is_a_failure(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "LEAST_DISK", 10**18)
    assert doctor.run(home, []) == 1
    assert "BAD   disk" in capsys.readouterr().out


def test_reads_the_memory_that_programs_may_still_take(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 24000000 kB\nMemAvailable:   1048576 kB\n")
    assert doctor.available_memory(tmp_path / "meminfo") == 1024**3
    assert doctor.available_memory(tmp_path / "none") is None


def test_a_lock_with_an_address_in_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text("one==1\n--index-url https://packages.example/simple\n")
    with pytest.raises(Trouble, match=r"requirements\.txt, line 2 names an address"):
        lock.check_no_address(path)
    path.write_text("one==1 \\\n    --hash=sha256:00\n    # via two\n")
    lock.check_no_address(path)


def test_the_locks_of_this_checkout_name_no_address() -> None:
    here = Home.here()
    for path in (here.runtime_lock, here.tests_lock):
        lock.check_no_address(path)


def test_a_log_that_grew_too_large_is_moved_while_its_writer_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    with logs.open_log(path) as log:
        log.write(b"first\n" * 10)
        assert logs.trim(path, largest=50) is True
        log.write(b"second\n")
    assert path.read_bytes() == b"second\n"
    assert (tmp_path / "web.log.1").read_bytes() == b"first\n" * 10
    assert logs.trim(path, largest=50) is False
    assert path.stat().st_mode & 0o777 == (tmp_path / "web.log.1").stat().st_mode & 0o777 == 0o600


def test_the_end_of_a_log_leaves_blank_lines_out(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("one\n\n  \ntwo\nthree\n")
    assert logs.tail(tmp_path / "a.log", 2) == "two\nthree"
    assert logs.tail(tmp_path / "none.log") == ""
