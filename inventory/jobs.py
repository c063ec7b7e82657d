"""The jobs of this app; importing the services that declare them makes them known to every worker."""

from inventory.services import labels

__all__ = ["labels"]
