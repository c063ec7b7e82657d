"""An API key that somebody put where it does not belong stays out of our own log."""

import logging

import pytest
import structlog

from backoffice.core.masking import without_keys
from backoffice.core.permissions import VIEW_JOBS
from backoffice.settings.logs import logging_config
from tests.support.api import make_program, program, refused

SECRET = "bo_abcdefghij_" + "S" * 43


def test_the_secret_part_of_a_key_is_taken_out_and_its_name_stays() -> None:
    assert without_keys(f"GET /x?a={SECRET}&b={SECRET}") == "GET /x?a=bo_abcdefghij_…&b=bo_abcdefghij_…"
    assert without_keys("bo_short_x and sku_12345") == "bo_short_x and sku_12345"


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_line_of_the_log_holds_a_key(form: str) -> None:
    before = structlog.get_config()
    try:
        made = logging_config(form, "INFO")["formatters"]["lines"]
        formatter = made["()"](processors=made["processors"], foreign_pre_chain=made["foreign_pre_chain"])
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            trouble = (type(error), error, error.__traceback__)
        record = logging.LogRecord("x", logging.ERROR, "x", 1, f"failed with {SECRET}", None, trouble)
        line = formatter.format(record)
    finally:
        structlog.configure(**before)
    assert "S" * 43 not in line
    assert line.count("bo_abcdefghij_…") >= 2


@pytest.mark.django_db
def test_a_key_in_an_address_is_in_no_answer() -> None:
    made = make_program(VIEW_JOBS)
    told = refused(program(VIEW_JOBS, name="Other").get(f"/api/v1/jobs?x={made.secret}"), 400, "key_in_address")
    assert made.secret not in str(told)
