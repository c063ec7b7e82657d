"""SKUs in the console, with their barcodes and packs."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.errors import Words
from backoffice.core.selectors.timeline import events_of
from backoffice.core.services.masters import set_active
from backoffice.core.ui.pages.choices import currency_field
from backoffice.core.ui.pages.columns import Column
from backoffice.core.ui.pages.declaration import ModelPages
from backoffice.core.ui.pages.parts import Group, Input, Related, RowAction, Section
from inventory.drafts import BarcodeDraft, PackDraft, Size
from inventory.filters import SkuFilter
from inventory.masters import PACKS, SKUS
from inventory.models import Barcode, Pack, Sku
from inventory.permissions import EDIT_CATALOG
from inventory.services.barcodes import add_barcode, add_pack, remove_barcode
from inventory.ui.forms.catalog import BarcodeForm, PackForm
from inventory.ui.label_actions import PRINT_SKU


def _add_barcode(row: Sku, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    draft = BarcodeDraft(
        text=data["value"], symbology=data["symbology"], pack=data["pack"], is_primary=data["is_primary"]
    )
    add_barcode(sku_id=row.pk, draft=draft, actor=actor)


def _remove_barcode(row: Sku, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    remove_barcode(barcode_id=item, actor=actor)


def _add_pack(row: Sku, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    size = Size(
        weight_g=data["weight_g"],
        length_mm=data["length_mm"],
        width_mm=data["width_mm"],
        height_mm=data["height_mm"],
    )
    draft = PackDraft(code=data["code"], name=data["name"], units=data["units"], size=size)
    add_pack(sku_id=row.pk, draft=draft, actor=actor)


def _switch_off_pack(row: Sku, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    set_active(master=PACKS, row_ids=[item], is_active=False, actor=actor)


def _what(row: Sku) -> Words:
    return f"{row.product} · {row.name}" if row.name else str(row.product)


SKU_PAGES = ModelPages(
    master=SKUS,
    slug="skus",
    area="catalog",
    area_title=_("Catalog"),
    icon="qr-code",
    lead=_("The smallest things that are stocked and counted: one colour, one size."),
    filterset=SkuFilter,
    columns=(
        Column("code", link=True, kind="code"),
        Column("product"),
        Column("name"),
        Column("price", kind="money", unit="currency"),
        Column("weight_g", title=_("Weight"), kind="quantity", unit="g"),
        Column("base_unit", is_shown=False),
        Column("storage_class", is_wide_only=True),
        Column("reorder_point", kind="quantity", unit="base_unit", is_shown=False),
        Column("length_mm", title=_("Length"), kind="quantity", unit="mm", is_shown=False),
        Column("width_mm", title=_("Width"), kind="quantity", unit="mm", is_shown=False),
        Column("height_mm", title=_("Height"), kind="quantity", unit="mm", is_shown=False),
        Column("attributes", is_shown=False),
        Column("updated_at", is_shown=False),
        Column("status"),
        Column("is_active", is_shown=False),
    ),
    default_sort="code",
    search=("code", "name"),
    search_words=_("SKU, variant, product or barcode"),
    subtitle=_what,
    form=(
        Group(
            _("What it is"),
            (
                Input("product", span="half"),
                Input("code", span="half"),
                Input("name", span="half"),
                Input("status", span="half"),
                Input("base_unit", span="half", help=_("What one is: each, gram, metre. It never changes.")),
                Input("storage_class", span="half"),
                Input("attributes"),
            ),
        ),
        Group(
            _("Price and replenishment"),
            (
                Input("price", span="third"),
                Input("currency", span="third", field=currency_field),
                Input("reorder_point", span="third"),
            ),
        ),
        Group(
            _("Weight and size of one"),
            (
                Input("weight_g", unit="g", span="quarter", label=_("Weight")),
                Input("length_mm", unit="mm", span="quarter", label=_("Length")),
                Input("width_mm", unit="mm", span="quarter", label=_("Width")),
                Input("height_mm", unit="mm", span="quarter", label=_("Height")),
            ),
        ),
    ),
    detail=(
        Section(
            _("SKU"),
            (
                "product",
                "name",
                Column("price", kind="money", unit="currency"),
                "base_unit",
                "storage_class",
                Column("reorder_point", kind="quantity", unit="base_unit"),
                Column("weight_g", title=_("Weight"), kind="quantity", unit="g"),
                Column("length_mm", title=_("Length"), kind="quantity", unit="mm"),
                Column("width_mm", title=_("Width"), kind="quantity", unit="mm"),
                Column("height_mm", title=_("Height"), kind="quantity", unit="mm"),
            ),
        ),
        Related(
            code="barcodes",
            title=_("Barcodes"),
            model=Barcode,
            rows=lambda row, actor: Barcode.objects.filter(sku=row).order_by("-is_primary", "pk"),
            columns=(
                Column("printed", title=_("Barcode"), kind="code", link=True),
                Column("symbology"),
                Column("pack", title=_("Stands on")),
                Column("is_primary"),
            ),
            add=RowAction(
                code="add_barcode",
                title=_("Add a barcode"),
                done=_("The barcode is saved; scanning it finds this SKU now."),
                right=EDIT_CATALOG,
                icon="plus",
                form=BarcodeForm,
                needs_row=True,
                run=_add_barcode,
            ),
            item_actions=(
                RowAction(
                    code="remove_barcode",
                    title=_("Remove"),
                    done=_("The barcode is removed."),
                    right=EDIT_CATALOG,
                    confirm=_("Remove this barcode? Scanning it will find nothing any more."),
                    run=_remove_barcode,
                ),
            ),
            empty=_("Without a barcode this SKU is found by its code alone. Scan one to add it."),
        ),
        Related(
            code="packs",
            title=_("Packs"),
            model=Pack,
            rows=lambda row, actor: Pack.objects.filter(sku=row).order_by("-is_active", "units", "pk"),
            columns=(
                Column("name", link=True),
                Column("code"),
                Column("units", kind="quantity"),
                Column("weight_g", title=_("Weight"), kind="quantity", unit="g"),
                Column("is_active"),
            ),
            add=RowAction(
                code="add_pack",
                title=_("Add a pack"),
                done=_("The pack is saved."),
                right=EDIT_CATALOG,
                icon="plus",
                form=PackForm,
                run=_add_pack,
            ),
            item_actions=(
                RowAction(
                    code="switch_off_pack",
                    title=_("Switch off"),
                    done=_("The pack is switched off."),
                    right=EDIT_CATALOG,
                    confirm=_("Switch this pack off? Its labels still scan; nothing new is packed so."),
                    run=_switch_off_pack,
                ),
            ),
            empty=_("It is bought and kept one by one."),
        ),
        Section(_("Attributes"), ("attributes",), is_aside=True),
    ),
    row_actions=(PRINT_SKU,),
    history=lambda row: (*events_of(Barcode, sku_id=row.pk), *events_of(Pack, sku_id=row.pk)),
    empty_text=_("SKUs are made on the page of their product, or imported from a file."),
)
