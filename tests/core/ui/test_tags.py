"""Figures, moments, states, links and fields as the pages write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.db import models
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override

from backoffice.core.clock import FrozenClock
from backoffice.core.money import Money, UnitCost
from backoffice.core.refs import Described, Ref
from backoffice.core.templatetags import icons, ui


def draw(source: str, **context: object) -> str:
    return Template("{% load icons ui forms %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("language", "amount", "shown"),
    [
        ("en", Money(Decimal("1234.50"), "EUR"), "€1,234.50"),
        ("en", Money(Decimal(98000), "JPY"), "¥98,000"),
        ("en", Money(Decimal("12.345"), "BHD"), "BHD12.345"),
        ("pl", Money(Decimal("12.50"), "EUR"), "12,50\u00a0€"),
        ("en", UnitCost(Decimal("0.0123"), "EUR"), "€0.0123"),
        ("en", UnitCost(Decimal(7), "EUR"), "€7.00"),
        ("en", None, "–"),
    ],
)
def test_money_keeps_the_decimals_of_its_currency_and_loses_none(language: str, amount: object, shown: str) -> None:
    with override(language):
        assert draw("{% money amount %}", amount=amount) in (shown, f'<bdi class="money">{shown}</bdi>')


def test_money_refuses_a_binary_fraction() -> None:
    with pytest.raises(AttributeError):
        draw('{% money amount "EUR" %}', amount=0.1)


def test_a_quantity_names_its_unit_and_groups_its_digits() -> None:
    shown = draw('{% quantity 12400 "pcs" %}')
    assert shown == '<bdi class="quantity">12,400 <span class="unit">pcs</span></bdi>'
    with override("fr"):
        assert draw("{% quantity 12400 %}") == '<bdi class="quantity">12\u202f400</bdi>'


def test_a_unit_that_holds_markup_is_escaped() -> None:
    assert "<b>" not in draw("{% quantity 1 unit %}{% code unit %}{% state_pill unit %}", unit="<b>x</b>")


def test_a_moment_is_told_in_the_zone_named_and_with_the_year_only_when_it_is_another(clock: FrozenClock) -> None:
    moment = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    shown = draw('{% moment at "Europe/Paris" named=True %}', at=moment)
    assert ">29 Mar, 01:30 CET</time>" in shown
    assert 'datetime="2026-03-29T00:30:00+00:00"' in shown
    assert "Central European Standard Time" in shown
    later = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert ">29 Mar, 03:30 CEST</time>" in draw('{% moment at "Europe/Paris" named=True %}', at=later)
    assert ">31 Dec 2025, 23:00</time>" in draw("{% moment at %}", at=datetime(2025, 12, 31, 23, tzinfo=UTC))
    assert draw("{% moment day %}", day=date(2026, 3, 2)) == '<time datetime="2026-03-02">Mar 2, 2026</time>'


def test_ago_looks_both_ways_from_the_clock(clock: FrozenClock) -> None:
    assert ">4 min. ago</time>" in draw("{% ago at %}", at=datetime(2026, 3, 2, 7, 56, tzinfo=UTC))
    assert ">in 2 hr.</time>" in draw("{% ago at %}", at=datetime(2026, 3, 2, 10, 0, tzinfo=UTC))


class Stage(models.TextChoices):
    ON_HOLD = "on_hold", "On hold"
    STRANGE = "strange", "Strange"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{% state_pill stage.ON_HOLD %}", '<span class="pill pill-dot tone-warning">On hold</span>'),
        ("{% state_pill stage.STRANGE %}", '<span class="pill pill-dot tone-neutral">Strange</span>'),
        (
            '{% state_pill "in_progress" size="lg" %}',
            '<span class="pill pill-dot tone-info pill-lg">In progress</span>',
        ),
        ('{% state_pill "shipped" "Sent" "danger" %}', '<span class="pill pill-dot tone-danger">Sent</span>'),
        ("{% state_pill none %}", "–"),
    ],
)
def test_a_state_has_the_same_colour_on_every_page(source: str, shown: str) -> None:
    assert draw(source, stage={"ON_HOLD": Stage.ON_HOLD, "STRANGE": Stage.STRANGE}, none=None) == shown


def test_a_tone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'pink' is not a tone"):
        ui.state_pill("new", tone="pink")


def test_a_reference_is_linked_where_it_has_a_page_and_named_where_it_has_none() -> None:
    order, gone = Ref("tests.order", "17"), Ref("tests.order", "18")
    described = {order: Described("SO-17", "/orders/17/")}
    assert draw("{% ref_link ref all %}", ref=order, all=described) == (
        '<a href="/orders/17/"><bdi class="ref">SO-17</bdi></a>'
    )
    assert draw("{% ref_link ref all %}", ref=gone, all=described) == '<bdi class="ref">tests.order:18</bdi>'
    assert draw("{% url_for_ref ref all %}|{% url_for_ref gone all %}", ref=order, gone=gone, all=described) == (
        "/orders/17/|"
    )


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Dana Levi", "DL"), ("Anne-Sophie de La Rue", "AR"), ("scanner", "S"), ("", ""), ("יעל כהן", "יכ")],
)
def test_initials_are_the_first_letters_of_the_first_and_last_word(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


def test_an_icon_is_hidden_from_screen_readers_unless_it_says_something() -> None:
    assert 'aria-hidden="true"' in icons.icon("truck")
    spoken = icons.icon("truck", label='Ships "today"')
    assert 'role="img"' in spoken
    assert 'aria-label="Ships &quot;today&quot;"' in spoken
    assert "aria-hidden" not in spoken


def test_only_what_points_along_the_line_is_mirrored() -> None:
    assert "icon-turns" in icons.icon("chevron-right")
    assert "icon-turns" not in icons.icon("truck")


def test_an_icon_that_does_not_exist_fails_the_template() -> None:
    with pytest.raises(Exception, match="no-such-icon"):
        draw('{% icon "no-such-icon" %}')


class ParcelForm(forms.Form):
    weight = forms.DecimalField(help_text="With packing.")
    kind = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "Letter"), ("b", "Box")])
    fragile = forms.BooleanField(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


def test_a_field_is_tied_to_its_label_help_and_errors() -> None:
    form = ParcelForm({"weight": "heavy", "version": "1"})
    shown = draw('{% form_field form.weight units="kg" %}', form=form)
    assert '<label class="form-label d-block" for="id_weight">' in shown
    assert 'aria-describedby="id_weight_help id_weight_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'id="id_weight_help">With packing.</div>' in shown
    assert '<span class="unit-box">kg</span>' in shown
    assert 'class="form-control"' in shown


def test_choices_share_a_legend_and_keep_what_was_chosen() -> None:
    shown = draw("{% form_field form.kind %}", form=ParcelForm(initial={"kind": "b"}))
    assert "<legend" in shown
    assert shown.count('type="radio"') == 2
    assert 'value="b" id="id_kind_1" checked' in shown


def test_the_summary_links_every_error_to_its_field_and_is_silent_without_any() -> None:
    shown = draw("{% form_errors form %}", form=ParcelForm({"weight": "heavy", "kind": "a", "version": "x"}))
    assert '<a href="#id_weight">Weight</a>' in shown
    assert "Version: Enter a whole number." in shown
    assert draw("{% form_errors form %}", form=ParcelForm()) == ""


def test_all_fields_of_a_form_are_drawn_hidden_ones_too() -> None:
    shown = draw("{% form_fields form %}", form=ParcelForm(initial={"version": 3}))
    assert shown.count('class="field ') == 3
    assert '<input type="hidden" name="version" value="3"' in shown


def test_a_tag_of_another_library_is_not_silently_nothing() -> None:
    with pytest.raises(TemplateSyntaxError):
        draw("{% no_such_tag %}")
