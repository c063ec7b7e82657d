"""What the inventory adds to the demo shop. Imported for the parts that its modules register, in this order."""

from inventory.demo import catalog, places, stock

__all__ = ["catalog", "places", "stock"]
