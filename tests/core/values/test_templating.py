"""Texts that staff may edit reach plain values and nothing else: row 99 of the table of bad inputs, and S08."""

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.safestring import mark_safe
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.core.errors import Invalid
from backoffice.core.money import Money
from backoffice.core.template_syntax import parse
from backoffice.core.templating import check, render

from .refusals import refused

VALUES: dict[str, Any] = {
    "name": "Ann <b>&",
    "customer": {"name": "Ann", "tier": {"code": "gold"}},
    "total": Money(Decimal("1234.5"), "EUR").as_json(),
    "weight": Decimal("1.250"),
    "count": 3,
    "zero": 0,
    "is_gift": True,
    "is_late": False,
    "nothing": None,
    "due_on": date(2026, 3, 31),
    "placed_at": datetime(2026, 3, 31, 12, 0, tzinfo=UTC),
    "lines": [
        {"sku": "A", "quantity": 2, "parts": [{"lot": "x"}, {"lot": "y"}]},
        {"sku": "B", "quantity": 1, "parts": []},
    ],
    "tags": ["red", "blue"],
    "none": [],
}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Dear {{ customer.name }}, {{customer.tier.code}}", "Dear Ann, gold"),
        ("{{ name }}", "Ann <b>&"),
        ("{{ customer.name|upper }}", "ANN"),
        (
            "{{ count }} {{ zero }} {{ weight }} {{ is_gift }} {{ due_on }} [{{ nothing }}]",
            "3 0 1.250 yes 2026-03-31 []",
        ),
        ("{{ total|money }} {{ total.amount }}", "€1,234.50 1234.50"),
        ("{{ due_on|date }}", "March 31, 2026"),
        ("{{#if is_gift}}gift{{else}}plain{{/if}}", "gift"),
        ("{{#if is_late}}late{{else}}on time{{/if}}", "on time"),
        ("{{#if zero}}a{{/if}}{{#if none}}b{{/if}}{{#if nothing}}c{{/if}}{{#if lines}}d{{/if}}", "d"),
        ("{{#each lines}}{{ quantity }}x{{ sku }} {{/each}}", "2xA 1xB "),
        ("{{#each lines}}{{sku}}:{{#each parts}}{{lot}}{{sku}},{{/each}};{{/each}}", "A:xA,yA,;B:;"),
        ("{{#each tags}}{{ this }}/{{ customer.name }} {{/each}}", "red/Ann blue/Ann "),
        ("{{#each none}}x{{else}}no lines{{/each}}", "no lines"),
        ("{{#each lines}}{{#if parts}}{{sku}}{{else}}-{{/if}}{{/each}}", "A-"),
        ("plain } text } with { braces", "plain } text } with { braces"),
        ("${name} %(name)s {name} {0.__class__}", "${name} %(name)s {name} {0.__class__}"),
        ("", ""),
    ],
)
def test_values_stand_where_their_names_stood(source: str, text: str) -> None:
    rendered = render(source, VALUES)
    assert (rendered.text, rendered.missing) == (text, ())
    if "none}}x" not in source:  # a sample needs an item in each list
        assert check(source, VALUES).source == source


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ name.__class__ }}", "bad_name"),
        ("{{ name.__class__.__mro__ }}", "bad_name"),
        ("{{ _name }}", "bad_name"),
        ("{{ name() }}", "bad_name"),
        ("{{ customer['name'] }}", "bad_name"),
        ("{{ lines.0 }}", "bad_name"),
        ("{{ 7*7 }}", "bad_name"),
        ("{{ 'a'*100000000 }}", "bad_name"),
        ("{{ Name }}", "bad_name"),
        ("{{ nаme }}", "bad_name"),  # the second letter is Cyrillic
        ("{{}}", "bad_name"),
        ("{{{ name }}}", "bad_name"),
        ("{{> header }}", "bad_name"),
        ("{{& name }}", "bad_name"),
        ("{{ a.b.c.d.e.f }}", "bad_name"),
        ("{{#if name == 'x'}}{{/if}}", "unknown_tag"),
        ("{{#unless name}}{{/unless}}", "unknown_tag"),
        ("{{#if}}{{/if}}", "unknown_tag"),
        ("{% include 'x' %}", "unknown_tag"),
        ("{% load x %}", "unknown_tag"),
        ("{% debug %}", "unknown_tag"),
        ("{{ name|safe }}", "unknown_filter"),
        ("{{ name|upper|attr }}", "unknown_filter"),
        ("{{ name" + "|upper" * 4 + " }}", "too_many_filters"),
        ("{{ name", "unclosed_tag"),
        ("{{#if name}}", "unclosed_block"),
        ("{{/if}}", "unopened_block"),
        ("{{else}}", "stray_else"),
        ("{{#if name}}{{else}}{{else}}{{/if}}", "stray_else"),
        ("{{#if name}}{{/each}}", "wrong_block"),
        ("{{#each lines}}" * 4 + "x" + "{{/each}}" * 4, "too_deep"),  # thirty to the fourth
        ("{{#if name}}" * 11 + "{{/if}}" * 11, "too_deep"),
        ("{{#if name}}" * 5000, "too_deep"),
        ("x" * 64_001, "template_too_long"),
        ("é" * 32_001, "template_too_long"),
    ],
)
def test_what_the_language_does_not_know_is_refused(source: str, code: str) -> None:  # row 99
    for use in (lambda: check(source, VALUES), lambda: render(source, VALUES)):
        refusal = refused(use)
        assert (refusal.code, refusal.field) == (code, "template")


def test_an_error_names_its_line_and_column() -> None:
    refusal = refused(parse, "Dear\n  {{ customer.name }}\n and {{ 7*7 }}")
    assert (refusal.facts["line"], refusal.facts["column"]) == (3, 6)
    assert str(refusal.message).startswith("Line 3, column 6: ")
    unclosed = refused(parse, "a\n{{#if name}}\nb")
    assert (unclosed.facts["line"], unclosed.facts["column"]) == (2, 1)


def test_saving_finds_every_unknown_name_in_every_branch() -> None:
    source = (
        "{{ nope }}\n{{#each lines}}{{ sku }}{{ bad }}{{/each}}\n"
        "{{#if is_gift}}{{ ok }}{{else}}{{ customer.age }}{{/if}}\n"
        "{{ lines }}{{#each count}}{{/each}}{{ name|money }}{{ total|date }}"
    )
    refusal = refused(check, source, VALUES)
    assert refusal.code == "bad_template"
    found = [(problem.code, str(problem.message).split(":")[0]) for problem in refusal.problems]
    assert found == [
        ("unknown_name", "Line 1, column 1"),
        ("unknown_name", "Line 2, column 25"),
        ("unknown_name", "Line 3, column 16"),
        ("unknown_name", "Line 3, column 32"),
        ("not_printable", "Line 4, column 1"),
        ("not_a_list", "Line 4, column 12"),
        ("filter_does_not_fit", "Line 4, column 36"),
        ("filter_does_not_fit", "Line 4, column 52"),
    ]
    assert len(refused(check, "{{ nope }}" * 100, VALUES).problems) == 20


def test_sending_leaves_visible_blanks_and_tells_which() -> None:
    rendered = render(
        "Dear {{ nope }} {{ customer.age }} {{ name.upper }} {{ lines }} {{ nope }}{{#if gone}}x{{/if}}", VALUES
    )
    assert rendered.text == "Dear ____ ____ ____ ____ ____"
    assert rendered.missing == ("nope", "customer.age", "name.upper", "lines", "gone")
    assert render("{{ name|money }}", VALUES).text == "____"


@pytest.mark.parametrize(
    "path",
    ["name.upper", "count.real", "due_on.year", "customer.keys", "customer.items", "lines.append", "weight.sqrt"],
)
def test_no_attribute_is_ever_reached(path: str) -> None:
    source = "{{ " + path + " }}"
    assert render(source, VALUES).text == "____"
    assert refused(check, source, VALUES).code == "bad_template"


def test_html_escapes_every_value_also_one_that_says_it_is_safe() -> None:
    assert render("<p>{{ name }}</p>", VALUES, mode="html").text == "<p>Ann &lt;b&gt;&amp;</p>"
    hostile = {"name": mark_safe("<script>"), "quote": "\"'"}
    assert (
        render("{{ name }}{{ name|upper }}{{ quote }}", hostile, mode="html").text
        == "&lt;script&gt;&lt;SCRIPT&gt;&quot;&#x27;"
    )


def test_a_value_is_not_read_as_a_template() -> None:
    assert render("{{ name }}", {"name": "{{ secret }}", "secret": "x"}).text == "{{ secret }}"


def test_a_subject_is_one_line() -> None:  # row 53
    assert render("Hi\n{{ name }}", {"name": "a\r\nBcc: x@y\u2028z"}, mode="line").text == "Hi a Bcc: x@y z"


def test_figures_and_days_are_written_for_the_reader() -> None:
    source = "{{ total|money }} | {{ due_on|date }} | {{ placed_at|date }}"
    german = render(source, VALUES, language="de", zone="Europe/Berlin").text
    assert german == "1.234,50\u00a0€ | 31. März 2026 | 31.03.2026, 14:00:00"
    assert render("{{ placed_at|date }}", VALUES, zone="Asia/Tokyo").text == "Mar 31, 2026, 9:00:00\u202fPM"
    assert render("{{ total|money }}", {"total": {"amount": Decimal("12.5"), "currency": "EUR"}}).text == "€12.50"


class Model:
    password = "secret"


@pytest.mark.parametrize(
    "value",
    [
        Model(),
        Model,
        len,
        1.5,
        b"x",
        {1: "x"},
        {"a": Model()},
        [[Model()]],
        Money(Decimal(1), "EUR"),
        Decimal("NaN"),
        Decimal("1E+999999"),
        10**5000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_that_are_not_plain_are_our_own_mistake(value: object) -> None:
    with pytest.raises(TypeError, match="plain"):
        render("no name is used", {"x": value})
    with pytest.raises(TypeError, match="plain"):
        check("no name is used", {"x": value})


def test_values_nested_without_end_are_refused() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    with pytest.raises(TypeError, match="deep"):
        render("x", endless)


def test_a_list_is_capped() -> None:
    assert render("{{#each n}}x{{/each}}", {"n": ["a"] * 200}).text == "x" * 200
    refusal = refused(render, "a\n{{#each n}}x{{/each}}", {"n": ["a"] * 201})
    assert (refusal.code, refusal.facts["line"]) == ("too_many_items", 2)


def test_the_output_is_capped() -> None:
    big = {"n": list(range(200)), "word": "x" * 2000}
    assert refused(render, "{{#each n}}{{ word }}{{/each}}", big).code == "output_too_long"
    assert refused(render, "{{#each n}}{{#each n}}{{ word }}{{/each}}{{/each}}", big).code == "output_too_long"
    assert refused(render, "{{ word }}", {"word": "<" * 100_000_000}, mode="html").code == "output_too_long"
    assert refused(render, "{{ word }}", {"word": "<" * 100_000}, mode="html").code == "output_too_long"
    assert len(render("{{#each n}}{{ word }}{{/each}}", {"n": [1] * 128, "word": "x" * 2000}).text) == 256_000


def test_the_time_is_capped() -> None:
    slow = "{{#each n}}{{#each n}}" + "{{#if this}}{{/if}}" * 3000 + "{{/each}}{{/each}}"
    started = time.thread_time()
    assert refused(render, slow, {"n": list(range(200))}).code == "too_slow"
    assert time.thread_time() - started < 2


@pytest.mark.parametrize(
    "source", ["{{" * 32_000, "{{ " * 20_000, "{" * 64_000, "{{a}}" * 12_800, "{{#if a}}{{/if}}" * 4000, "{% " * 20_000]
)
def test_a_hostile_template_is_judged_at_once(source: str) -> None:
    started = time.thread_time()
    try:
        parse(source)
    except Invalid as refusal:
        assert str(refusal.message)
    assert time.thread_time() - started < 1


piece = st.sampled_from(
    [
        "{{",
        "}}",
        "{{#if name}}",
        "{{#each lines}}",
        "{{/if}}",
        "{{/each}}",
        "{{else}}",
        "{{ name }}",
        "{{sku|upper}}",
        "text\n",
        "{",
        "|",
        "#",
        "/",
        "{%",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(piece, max_size=12).map("".join))
def test_any_text_is_a_template_or_a_refusal_with_a_place(source: str) -> None:
    try:
        render(source, VALUES)
    except Invalid as refusal:
        assert refusal.facts["line"] >= 1
        assert refusal.facts["column"] >= 1
