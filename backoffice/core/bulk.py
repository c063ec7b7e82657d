"""What a service that works on many rows answers: each row by itself, so that one bad row takes no neighbour down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backoffice.core.errors import DomainError


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """`changed`: key of each row that is different now, with what its inverse needs (JSON, often None). `refused`: key and
    reason of each row that was left alone. A row in neither was so already."""

    changed: Mapping[int, Any] = field(default_factory=dict)
    refused: Mapping[int, DomainError] = field(default_factory=dict)

    @classmethod
    def of(cls, ids: Iterable[int]) -> "BulkAnswer":
        """These rows changed, and nothing but their keys is needed to take it back."""
        return cls(changed=dict.fromkeys(ids))
