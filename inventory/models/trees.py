"""Walking the tree of categories, up or down, in one query."""

from typing import Final

from django.db import connection

MOST_DEPTH: Final = 8


def ids_above(category_id: int) -> list[int]:
    """The category itself and those it lies in, from the inside out, in one query."""
    return [identity for identity, _depth in _walk(category_id, "category.id = walk.parent_id")]


def ids_below(category_id: int) -> list[int]:
    """The category itself and all that lie in it, in one query."""
    return [identity for identity, _depth in _walk(category_id, "category.parent_id = walk.id")]


def height_of(category_id: int) -> int:
    """How many levels hang on a category, itself included: 1 when nothing lies in it. One query."""
    return max((depth for _identity, depth in _walk(category_id, "category.parent_id = walk.id")), default=1)


def _walk(category_id: int, step: str) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE walk AS ("
            "  SELECT id, parent_id, 1 AS depth FROM inventory_category WHERE id = %s UNION ALL"
            "  SELECT category.id, category.parent_id, walk.depth + 1 FROM inventory_category AS category"
            f"  JOIN walk ON {step} WHERE walk.depth <= %s"  # one of the conditions above
            ") SELECT id, depth FROM walk ORDER BY depth, id",
            [category_id, MOST_DEPTH],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]
