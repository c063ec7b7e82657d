"""Kinds of files that this app keeps, and who may read them."""

from backoffice.core.files.rules import readable_with, register_file_kind
from inventory.permissions import VIEW_CATALOG
from inventory.services.pictures import FILE_KIND

register_file_kind(FILE_KIND, readable_with(VIEW_CATALOG))
