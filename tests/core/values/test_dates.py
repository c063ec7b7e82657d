"""Days and moments: rows 54 to 62 of the table of bad inputs, and the nights when clocks change (T02)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.core.dates import day_bounds, local_moment, parse_date, parse_moment, read_date, read_moment
from backoffice.core.serials import serial_date, serial_moment
from backoffice.core.zones import zone_names, zone_of

from .refusals import refused

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param("2026-02-30", "no_such_day", id="54"),
        pytest.param("2026-02-29", "no_such_day", id="54-no-leap-year"),
        pytest.param("2026-13-01", "no_such_day", id="54-month"),
        pytest.param("2026-00-10", "no_such_day", id="54-month-zero"),
        pytest.param("0000-01-01", "year_out_of_range", id="55"),
        pytest.param("9999-12-31", "year_out_of_range", id="55-last"),
        pytest.param("1969-12-31", "year_out_of_range", id="55-before"),
        pytest.param("01/02/2011", "ambiguous_date", id="58"),
        pytest.param("1.2.2011", "ambiguous_date", id="58-points"),
        pytest.param("2026-W01-1", "week_date", id="60"),
        pytest.param("2026W011", "week_date", id="60-basic"),
        pytest.param("1298937600000", "epoch", id="61"),
        pytest.param("1298937600", "epoch", id="61-seconds"),
        pytest.param("20260331", "not_a_date", id="basic"),
        pytest.param("2026-3-1", "not_a_date", id="short"),
        pytest.param("2026-090", "not_a_date", id="day-of-year"),
        pytest.param("２０２６-03-01", "not_a_date", id="21-full-width"),
        pytest.param("2026-03-31\n", "surrounding_space", id="line-end"),
        pytest.param("", "blank", id="blank"),
        pytest.param("2026-03-31T00:00:00Z", "not_a_date", id="moment"),
        pytest.param(datetime(2026, 3, 31, tzinfo=UTC), "not_a_date", id="datetime"),
        pytest.param(20260331, "not_a_date", id="number"),
        pytest.param(None, "not_a_date", id="none"),
        pytest.param("1" * 1_000_000, "epoch", id="long"),
    ],
)
def test_a_day_is_refused_with_the_reason(value: object, code: str) -> None:
    refusal = refused(parse_date, value, field="due_on")
    assert (refusal.code, refusal.field) == (code, "due_on")


def test_a_day_is_read() -> None:
    assert parse_date("2028-02-29") == date(2028, 2, 29)
    assert parse_date(date(2026, 3, 31)) == date(2026, 3, 31)
    assert (parse_date("1970-01-01"), parse_date("2100-12-31")) == (date(1970, 1, 1), date(2100, 12, 31))
    assert refused(parse_date, date(2101, 1, 1)).code == "year_out_of_range"


def test_a_file_says_in_which_order_its_days_stand() -> None:  # row 58
    assert read_date("1/2/2011", order="DMY") == date(2011, 2, 1)
    assert read_date("1/2/2011", order="MDY") == date(2011, 1, 2)
    assert read_date(" 31.3.2026 ", order="DMY") == date(2026, 3, 31)
    assert read_date("2026-3-1", order="YMD") == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3/31/2026", "no_such_day"),
        ("31.3.26", "not_a_date"),
        ("2026-03-31", "not_a_date"),
        ("31.3-2026", "not_a_date"),
        ("031.3.2026", "not_a_date"),
        ("31.3.1899", "year_out_of_range"),
        ("", "not_a_date"),
    ],
)
def test_a_day_of_a_file_is_refused_with_the_reason(text: str, code: str) -> None:
    assert refused(read_date, text, order="DMY", field="date").code == code


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-31T14:30:00Z", datetime(2026, 3, 31, 14, 30, tzinfo=UTC)),
        ("2026-03-31T14:30Z", datetime(2026, 3, 31, 14, 30, tzinfo=UTC)),
        ("2026-03-31 14:30:00+02:00", datetime(2026, 3, 31, 12, 30, tzinfo=UTC)),
        ("2026-01-01T00:30:00.25-05:30", datetime(2026, 1, 1, 6, 0, 0, 250000, tzinfo=UTC)),
        ("2026-01-01T10:00+14:00", datetime(2025, 12, 31, 20, 0, tzinfo=UTC)),
        ("2038-01-19T03:14:08Z", datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_into_utc(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment
    assert parse_moment(text).utcoffset() == timedelta()
    assert parse_moment(moment) == moment


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param("2026-06-30T23:59:60Z", "leap_second", id="57"),
        pytest.param("2026-01-01T10:00:00+25:00", "bad_offset", id="62"),
        pytest.param("2026-01-01T10:00:00+14:01", "bad_offset", id="62-just"),
        pytest.param("2026-01-01T10:00:00+02:60", "bad_offset", id="62-minutes"),
        pytest.param("2026-01-01T10:00:00", "no_offset", id="56-naive"),
        pytest.param(datetime(2026, 1, 1, 10), "no_offset", id="56-naive-datetime"),
        pytest.param("2026-02-30T10:00:00Z", "no_such_day", id="54"),
        pytest.param("9999-12-31T23:00:00-05:00", "year_out_of_range", id="55"),
        pytest.param("2026-W01-1T10:00:00Z", "week_date", id="60"),
        pytest.param("1298937600000", "epoch", id="61"),
        pytest.param("2026-01-01T24:00:00Z", "not_a_time", id="24-hours"),
        pytest.param("2026-01-01T10:61Z", "not_a_time", id="61-minutes"),
        pytest.param("2026-01-01", "not_a_time", id="only-a-day"),
        pytest.param("2026-01-01T10", "not_a_time", id="only-an-hour"),
        pytest.param("2026-01-01T10:00:00 Europe/Berlin", "not_a_time", id="zone-name"),
        pytest.param("2026-01-01T10:00:00z", "not_a_time", id="small-z"),
        pytest.param("2026-01-01T１０:00Z", "not_a_time", id="21-full-width"),
        pytest.param("2026-01-01T10:00Z\n", "not_a_time", id="line-end"),
        pytest.param("", "blank", id="blank"),
        pytest.param(None, "not_a_time", id="none"),
        pytest.param(1767225600, "not_a_time", id="number"),
    ],
)
def test_a_moment_is_refused_with_the_reason(value: object, code: str) -> None:
    refusal = refused(parse_moment, value, field="placed_at")
    assert (refusal.code, refusal.field) == (code, "placed_at")


def test_a_time_that_clocks_skipped_is_refused_with_an_explanation() -> None:  # row 56
    refusal = refused(read_moment, "2026-03-29T02:30:00", zone=BERLIN)
    assert refusal.code == "clocks_skip"
    assert "2026-03-29" in str(refusal.message)
    assert BERLIN in str(refusal.message)
    assert parse_moment("2026-03-29T01:59:59", zone=BERLIN) == datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)
    assert parse_moment("2026-03-29T03:00:00", zone=BERLIN) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_of_a_time_that_clocks_showed_twice_the_earlier_is_taken_and_said() -> None:
    first = read_moment("2026-10-25T02:30:00", zone=BERLIN)
    assert first.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "earlier" in str(first.note)
    second = read_moment("2026-10-25T02:30:00", zone=BERLIN, overlap="later")
    assert second.at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert "later" in str(second.note)
    assert refused(read_moment, "2026-10-25T02:30:00", zone=BERLIN, overlap="refuse").code == "clocks_repeat"
    assert read_moment("2026-10-25T03:00:00", zone=BERLIN).note == ""
    assert read_moment("2026-10-25T02:30:00+02:00", zone=BERLIN).note == ""


def test_a_clock_time_of_a_day_is_a_moment() -> None:
    assert local_moment(date(2026, 7, 1), time(8), BERLIN).at == datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert refused(local_moment, date(2026, 3, 29), time(2, 15), BERLIN).code == "clocks_skip"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "Berlin", "CET+1", "+02:00", "europe/berlin", "", "/etc/localtime", None, "x\x00y"]
)
def test_refuses_what_is_no_zone(name: str) -> None:
    assert refused(zone_of, name, field="zone").code == "unknown_zone"
    assert refused(parse_moment, "2026-01-01T10:00:00", zone=name or "").code == "unknown_zone"


def test_zones_are_places() -> None:
    assert {"UTC", BERLIN, "America/New_York", "Asia/Kathmandu"} <= zone_names()
    assert not {"EST", "Etc/GMT+5", "localtime"} & zone_names()


@pytest.mark.parametrize(
    ("day", "zone", "start", "hours"),
    [
        (date(2026, 3, 29), BERLIN, datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        (date(2026, 10, 25), BERLIN, datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        (date(2026, 6, 1), BERLIN, datetime(2026, 5, 31, 22, tzinfo=UTC), 24),
        (date(2018, 11, 4), "America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC), 23),  # midnight was skipped
        (date(2018, 2, 17), "America/Sao_Paulo", datetime(2018, 2, 17, 2, tzinfo=UTC), 25),
        (date(2011, 12, 30), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC), 0),  # the day was skipped
        (date(2026, 10, 4), "Australia/Lord_Howe", datetime(2026, 10, 3, 13, 30, tzinfo=UTC), 23.5),
        (date(2026, 1, 1), "Asia/Kathmandu", datetime(2025, 12, 31, 18, 15, tzinfo=UTC), 24),
    ],
)
def test_a_local_day_has_its_hours(day: date, zone: str, start: datetime, hours: float) -> None:
    assert day_bounds(day, zone) == (start, start + timedelta(hours=hours))


@settings(max_examples=300, deadline=None)
@given(
    st.dates(date(1975, 1, 1), date(2099, 12, 30)),
    st.sampled_from(
        [
            BERLIN,
            "America/New_York",
            "America/Sao_Paulo",
            "Asia/Tehran",
            "Pacific/Apia",
            "Africa/Cairo",
            "Australia/Lord_Howe",
        ]
    ),
)
def test_days_follow_each_other_without_hole_or_overlap(day: date, zone: str) -> None:
    start, end = day_bounds(day, zone)
    assert end == day_bounds(day + timedelta(days=1), zone)[0]
    assert start <= end
    if start < end:
        assert start.astimezone(zone_of(zone)).date() == day


def test_a_day_out_of_range_has_no_bounds() -> None:
    assert refused(day_bounds, date.max, BERLIN).code == "year_out_of_range"
    assert day_bounds(date(2100, 12, 31), "UTC")[1] == datetime(2101, 1, 1, tzinfo=UTC)


def test_serial_numbers_are_days_of_one_of_two_systems() -> None:  # row 59
    assert serial_date("40544") == date(2011, 1, 1)
    assert serial_date(40544, system=1904) == date(2015, 1, 2)
    assert serial_date("25569") == date(1970, 1, 1)
    assert serial_date("44197.0") == date(2021, 1, 1)


def test_a_serial_number_with_a_fraction_is_a_clock_time() -> None:
    assert serial_moment("40544.5", zone=BERLIN).at == datetime(2011, 1, 1, 11, tzinfo=UTC)
    assert serial_moment("40544.3333333333", zone="UTC").at == datetime(2011, 1, 1, 8, tzinfo=UTC)
    assert serial_moment("40544.9999999", zone="UTC").at == datetime(2011, 1, 2, tzinfo=UTC)
    assert refused(serial_moment, "46110.1041666667", zone=BERLIN).code == "clocks_skip"  # 2026-03-29 02:30


@pytest.mark.parametrize(
    ("serial", "code"),
    [
        ("40544.5", "not_a_serial"),
        ("0", "not_a_serial"),
        ("-40544", "not_a_serial"),
        ("80001", "not_a_serial"),
        ("1298937600000", "not_a_serial"),
        ("60", "year_out_of_range"),
        ("25568", "year_out_of_range"),
        ("4.0544E+4", "exponent"),
        (40544.0, "not_a_number"),
        (True, "not_a_number"),
        ("", "blank"),
    ],
)
def test_a_serial_number_is_refused_with_the_reason(serial: object, code: str) -> None:
    refusal = refused(serial_date, serial, field="date")
    assert (refusal.code, refusal.field) == (code, "date")
