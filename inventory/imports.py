"""What of the inventory comes in from tables."""

from django.db.models import Q

from backoffice.core.imports import register_import
from backoffice.core.services.import_keys import KeyRule, match_by
from backoffice.core.services.import_masters import master_import
from backoffice.core.texts import sku_key
from inventory.masters import BRANDS, CATEGORIES, LOCATIONS, PACKS, PRODUCTS, SKUS
from inventory.services.barcode_import import BARCODES

match_by(SKUS, KeyRule(column="code_key", fold=sku_key))
# A pack that was wrong is switched off and made anew under the same code.
match_by(PACKS, KeyRule(rows=Q(is_active=True)))

_CODE = ("number", "no.", "nummer", "article number", "artikelnummer", "référence", "código", "kod")
_NAME = ("title", "bezeichnung", "titel", "nom", "nombre", "nazwa", "description short")

register_import(master_import(BRANDS, aliases={"name": ("brand", "manufacturer", "marke", "marque", "marca", *_NAME)}))
register_import(master_import(CATEGORIES, aliases={"name": ("category", *_NAME), "parent": ("parent", "parent code")}))
register_import(
    master_import(
        PRODUCTS,
        aliases={
            "code": ("product code", "product", "handle", *_CODE),
            "name": ("product name", *_NAME),
            "brand": ("vendor", "manufacturer", "marke", "marque"),
            "category": ("product type", "type", "kategorie", "catégorie"),
            "hs_code": ("hs code", "tariff number", "zolltarifnummer"),
            "origin_country": ("country of origin", "ursprungsland"),
        },
    )
)
register_import(
    master_import(
        SKUS,
        aliases={
            "code": ("sku", "variant sku", "item number", "item", *_CODE),
            "name": ("variant", "option", *_NAME),
            "product": ("product code", "handle", "parent", "parent sku"),
            "price": ("retail price", "variant price", "preis", "prix", "precio", "cena"),
            "currency": ("währung", "devise", "moneda", "waluta"),
            "weight_g": ("weight", "grams", "weight in g", "gewicht", "variant grams"),
            "length_mm": ("length", "länge"),
            "width_mm": ("width", "breite"),
            "height_mm": ("height", "höhe"),
            "reorder_point": ("reorder level", "minimum stock", "meldebestand"),
        },
    )
)
register_import(
    master_import(PACKS, aliases={"code": ("pack", "pack code"), "units": ("quantity", "pieces", "units per pack")})
)
register_import(
    master_import(
        LOCATIONS,
        aliases={
            "code": ("bin", "bin code", "location", "place", "lagerplatz", "emplacement"),
            "parent": ("zone", "aisle", "parent"),
            "pick_sequence": ("sequence", "sort order"),
        },
    )
)
register_import(BARCODES)
