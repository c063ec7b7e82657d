"""Addresses of view sets: no slash at the end, the same everywhere, so that one address is one thing."""

from rest_framework.routers import SimpleRouter


class Router(SimpleRouter):
    """`products` → /api/v1/products, /api/v1/products/17, /api/v1/products/17/activate, /api/v1/products/bulk."""

    def __init__(self) -> None:
        super().__init__(trailing_slash=False)
