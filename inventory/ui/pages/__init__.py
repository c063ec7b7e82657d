"""The declared pages of the inventory."""

from inventory.ui.pages import catalog, places, skus

__all__ = ["catalog", "places", "skus"]
