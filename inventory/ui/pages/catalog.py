"""Products, brands and categories in the console."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.selectors.timeline import events_of
from backoffice.core.ui.pages.choices import country_field
from backoffice.core.ui.pages.columns import Column
from backoffice.core.ui.pages.declaration import ModelPages
from backoffice.core.ui.pages.parts import Group, Input, Link, Panel, Related, RowAction, Section
from inventory.filters import BrandFilter, CategoryFilter, ProductFilter
from inventory.masters import BRANDS, CATEGORIES, PRODUCTS
from inventory.models import Category, Product, Sku
from inventory.permissions import EDIT_CATALOG, VIEW_CATALOG
from inventory.services.catalog import activate_product, retire_product
from inventory.states import ProductStatus
from inventory.ui.forms.catalog import ReasonForm
from inventory.ui.pictures import picture_cell, picture_strip, with_pictures


def _counted(model: Any, path: str) -> Coalesce:
    """How many rows of a model point here; asked for the rows of one page only."""
    rows = model.objects.filter(**{path: OuterRef("pk")}).order_by().values(path).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)


def _product_rows(rows: QuerySet[Product]) -> QuerySet[Product]:
    return with_pictures(rows).annotate(sku_count=_counted(Sku, "product"))


def _activate(row: Product, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    activate_product(product_id=row.pk, reason=data["reason"], actor=actor)


def _retire(row: Product, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    retire_product(product_id=row.pk, reason=data["reason"], actor=actor)


BRAND_PAGES = ModelPages(
    master=BRANDS,
    slug="brands",
    area="catalog",
    area_title=_("Catalog"),
    icon="tag",
    filterset=BrandFilter,
    columns=(
        Column("name", link=True),
        Column("code"),
        Column("product_count", title=_("Products"), kind="number", value=lambda row: row.product_count),
        Column("updated_at", is_shown=False),
        Column("is_active"),
    ),
    default_sort="name",
    search=("name", "code"),
    rows=lambda rows: rows.annotate(product_count=_counted(Product, "brand")),
    form=(Group("", (Input("name", span="half"), Input("code", span="half"))),),
    detail=(
        Section(_("Brand"), ("code",)),
        Related(
            code="products",
            title=_("Products"),
            model=Product,
            rows=lambda row, actor: Product.objects.filter(brand=row).order_by("code"),
            columns=(Column("name", link=True), Column("code"), Column("category"), Column("status")),
            more=lambda row: f"{reverse('inventory_product_list')}?brand={row.pk}",
            empty=_("No product carries this brand yet."),
        ),
    ),
    empty_text=_("A brand is whose name stands on a product. Products can be filtered by it."),
)

CATEGORY_PAGES = ModelPages(
    master=CATEGORIES,
    slug="categories",
    area="catalog",
    area_title=_("Catalog"),
    icon="folder",
    filterset=CategoryFilter,
    columns=(
        Column("name", link=True),
        Column("code"),
        Column("parent"),
        Column("product_count", title=_("Products"), kind="number", value=lambda row: row.product_count),
        Column("is_active"),
    ),
    default_sort="name",
    search=("name", "code"),
    rows=lambda rows: rows.annotate(product_count=_counted(Product, "category")),
    form=(Group("", (Input("name", span="half"), Input("code", span="half"), Input("parent", span="half"))),),
    detail=(
        Section(_("Category"), ("code", "parent")),
        Related(
            code="children",
            title=_("Categories inside of it"),
            model=Category,
            rows=lambda row, actor: Category.objects.filter(parent=row).order_by("name"),
            columns=(Column("name", link=True), Column("code"), Column("is_active")),
            add_url=lambda row: f"{reverse('inventory_category_add')}?parent={row.pk}",
            empty=_("Nothing lies inside of this category."),
        ),
        Related(
            code="products",
            title=_("Products"),
            model=Product,
            rows=lambda row, actor: Product.objects.filter(category=row).order_by("code"),
            columns=(Column("name", link=True), Column("code"), Column("brand"), Column("status")),
            more=lambda row: f"{reverse('inventory_product_list')}?category={row.pk}",
            empty=_("No product lies directly in this category."),
        ),
    ),
    links=(Link(_("As a tree"), "inventory_category_tree", VIEW_CATALOG, icon="bars-3-bottom-left"),),
    empty_text=_(
        "Categories lie in one another, at most eight deep. A filter by a category finds what lies inside too."
    ),
)

PRODUCT_PAGES = ModelPages(
    master=PRODUCTS,
    slug="products",
    area="catalog",
    area_title=_("Catalog"),
    icon="cube",
    filterset=ProductFilter,
    columns=(
        Column("picture", title=_("Picture"), kind="picture", cell=picture_cell, value=lambda row: None),
        Column("name", link=True),
        Column("code"),
        Column("brand"),
        Column("category"),
        Column("sku_count", title=_("SKUs"), kind="number", value=lambda row: row.sku_count),
        Column("status"),
        Column("tracking", is_shown=False),
        Column("has_expiry", is_shown=False),
        Column("valuation", is_shown=False),
        Column("origin_country", is_shown=False),
        Column("hs_code", is_shown=False),
        Column("company", is_shown=False),
        Column("created_at", is_shown=False),
        Column("updated_at", is_wide_only=True),
        Column("is_active", is_shown=False),
    ),
    default_sort="name",
    search=("name", "code"),
    search_words=_("Name, code, brand, SKU or barcode"),
    rows=_product_rows,
    form=(
        Group(
            _("What it is"),
            (
                Input("name"),
                Input("code", span="half"),
                Input("company", span="half"),
                Input("brand", span="half"),
                Input("category", span="half"),
                Input("status", span="half"),
                Input("description"),
                Input("attributes"),
            ),
        ),
        Group(
            _("How its stock is kept"),
            (Input("tracking", span="half"), Input("valuation", span="half"), Input("has_expiry")),
        ),
        Group(
            _("Customs"),
            (
                Input("hs_code", span="half"),
                Input("origin_country", span="half", field=country_field),
            ),
        ),
    ),
    detail=(
        Section(_("Product"), ("code", "brand", "category", "tracking", "has_expiry", "valuation", "company")),
        Related(
            code="skus",
            title=_("SKUs"),
            model=Sku,
            rows=lambda row, actor: Sku.objects.filter(product=row).order_by("code"),
            columns=(
                Column("code", link=True, kind="code"),
                Column("name"),
                Column("price", kind="money", unit="currency"),
                Column("weight_g", title=_("Weight"), kind="quantity", unit="g"),
                Column("status"),
            ),
            add_url=lambda row: f"{reverse('inventory_sku_add')}?product={row.pk}",
            more=lambda row: f"{reverse('inventory_sku_list')}?product={row.pk}",
            empty=_("What is stocked and sold are SKUs. Add the first one."),
        ),
        Panel("inventory/product_pictures.html", picture_strip),
        Section(_("More"), ("description", "attributes", "hs_code", "origin_country"), is_aside=True),
    ),
    row_actions=(
        RowAction(
            code="activate",
            title=_("Take into the range"),
            done=_("The product and its SKUs are active."),
            right=EDIT_CATALOG,
            icon="check-circle",
            form=ReasonForm,
            run=_activate,
            fits=lambda row: row.status != ProductStatus.ACTIVE,
        ),
        RowAction(
            code="retire",
            title=_("Discontinue"),
            done=_("The product and its SKUs are discontinued: what is left is sold off, nothing is bought again."),
            right=EDIT_CATALOG,
            icon="archive-box",
            form=ReasonForm,
            run=_retire,
            fits=lambda row: row.status == ProductStatus.ACTIVE,
        ),
    ),
    history=lambda row: events_of(Sku, product_id=row.pk),
    empty_text=_("A product is what a shop page shows; its SKUs are what is stocked. Add one, or import a file."),
)
