"""Costs follow the moves: what comes into the house makes a layer, what leaves it uses layers. Called by the ledger alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

from backoffice.core import clock
from inventory.drafts import MoveDraft
from inventory.locks import Layer, lock_open_layers
from inventory.services.move_facts import Facts
from inventory.states import Valuation
from inventory.strategies.costing import SIX, OpenLayer, take_oldest_first

Key = tuple[int, int]


@dataclass(slots=True)
class NewLayer:
    """A layer that this batch makes. Until it is written its place in the batch stands for its id, below zero."""

    id: int
    key: Key
    move_id: int
    quantity: int
    amount: Decimal
    remaining: int
    remaining_amount: Decimal


@dataclass(slots=True)
class Book:
    """Open layers and what happens to them in one batch."""

    open: dict[Key, list[Layer | NewLayer]]
    last_cost: dict[Key, Decimal]
    made: list[NewLayer] = field(default_factory=list)
    uses: list[tuple[int, int, int | None, int, Decimal]] = field(
        default_factory=list
    )  # layer, move, into, quantity, amount
    touched: dict[int, Layer] = field(default_factory=dict)

    def receive(self, key: Key, move_id: int, quantity: int, unit_cost: Decimal | None, *, average: bool) -> None:
        """A receipt. With moving average it swallows the open layer, so that one layer carries the average."""
        cost = unit_cost if unit_cost is not None else self._present_cost(key)
        amount = (cost * quantity).quantize(SIX)
        layer = NewLayer(-len(self.made) - 1, key, move_id, quantity, amount, quantity, amount)
        self.made.append(layer)
        if average:
            for old in self.open[key]:
                layer.quantity += old.remaining
                layer.remaining += old.remaining
                layer.amount += old.remaining_amount
                layer.remaining_amount += old.remaining_amount
                self._use(old, move_id, layer.id, old.remaining, old.remaining_amount)
            self.open[key] = []
        self.open[key].append(layer)

    def issue(self, key: Key, move_id: int, quantity: int) -> None:
        """An issue takes the oldest first. Units that no layer covers (negative costs history) cost nothing."""
        layers = self.open[key]
        by_id = {layer.id: layer for layer in layers}
        taken, _uncovered = take_oldest_first(
            [OpenLayer(layer.id, layer.remaining, layer.remaining_amount) for layer in layers], quantity
        )
        for part in taken:
            self._use(by_id[part.layer_id], move_id, None, part.quantity, part.amount)
        self.open[key] = [layer for layer in layers if layer.remaining]

    def _use(self, layer: Layer | NewLayer, move_id: int, into: int | None, quantity: int, amount: Decimal) -> None:
        layer.remaining -= quantity
        layer.remaining_amount -= amount
        self.last_cost[layer_key(layer)] = (amount / quantity).quantize(SIX)
        self.uses.append((layer.id, move_id, into, quantity, amount))
        if isinstance(layer, Layer):
            self.touched[layer.id] = layer

    def _present_cost(self, key: Key) -> Decimal:
        """What one unit costs at this moment: the average of the open layers, else the last known cost, else nothing."""
        layers = self.open[key]
        quantity = sum(layer.remaining for layer in layers)
        if quantity:
            total = sum((layer.remaining_amount for layer in layers), Decimal(0))
            return (total / quantity).quantize(SIX)
        return self.last_cost.get(key, Decimal(0))


def layer_key(layer: Layer | NewLayer) -> Key:
    """The company and SKU of a layer."""
    return layer.key if isinstance(layer, NewLayer) else (layer.company_id, layer.sku_id)


def book_costs(*, drafts: Sequence[MoveDraft], move_ids: Sequence[int], facts: Facts) -> None:
    """Make and use the layers of these moves. Moves inside the house (also through transit and missing) cost nothing."""
    crossing: list[tuple[MoveDraft, int, Key, bool]] = []
    for draft, move_id in zip(drafts, move_ids, strict=True):
        comes_in = facts.places[draft.from_id].warehouse_id is None
        goes_out = facts.places[draft.to_id].warehouse_id is None
        if comes_in != goes_out:
            crossing.append((draft, move_id, (facts.skus[draft.sku_id].company_id, draft.sku_id), comes_in))
    if not crossing:
        return
    keys = {key for _draft, _move, key, _in in crossing}
    book = Book({key: list(layers) for key, layers in lock_open_layers(keys).items()}, _last_costs(crossing, keys))
    for draft, move_id, key, comes_in in crossing:
        if comes_in:
            average = facts.skus[draft.sku_id].valuation == Valuation.AVERAGE
            book.receive(key, move_id, draft.quantity, draft.unit_cost, average=average)
        else:
            book.issue(key, move_id, draft.quantity)
    _write(book)


def _last_costs(crossing: Sequence[tuple[MoveDraft, int, Key, bool]], keys: set[Key]) -> dict[Key, Decimal]:
    """The unit cost of the newest layer, for receipts that bring none of their own."""
    if not any(comes_in and draft.unit_cost is None for draft, _move, _key, comes_in in crossing):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (company_id, sku_id) company_id, sku_id, amount / quantity FROM inventory_costlayer "
            "WHERE sku_id = ANY(%s) ORDER BY company_id, sku_id, id DESC",
            [[key[1] for key in keys]],
        )
        return {(row[0], row[1]): row[2].quantize(SIX) for row in cursor.fetchall()}


def _write(book: Book) -> None:
    ids: dict[int, int] = {}
    with connection.cursor() as cursor:
        if book.made:
            cursor.execute(
                """
                INSERT INTO inventory_costlayer (company_id, sku_id, move_id, received_at, currency, quantity, amount,
                                                 remaining, remaining_amount)
                SELECT t.company_id, t.sku_id, t.move_id, %s, c.base_currency, t.quantity, t.amount, t.remaining, t.left_amount
                FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::numeric[], %s::int[], %s::numeric[])
                     WITH ORDINALITY AS t(company_id, sku_id, move_id, quantity, amount, remaining, left_amount, place)
                JOIN core_company c ON c.id = t.company_id ORDER BY t.place RETURNING id
                """,
                [
                    clock.now(),
                    [layer.key[0] for layer in book.made],
                    [layer.key[1] for layer in book.made],
                    [layer.move_id for layer in book.made],
                    [layer.quantity for layer in book.made],
                    [layer.amount for layer in book.made],
                    [layer.remaining for layer in book.made],
                    [layer.remaining_amount for layer in book.made],
                ],
            )
            ids = {layer.id: row[0] for layer, row in zip(book.made, cursor.fetchall(), strict=True)}
        if book.touched:
            rows = list(book.touched.values())
            cursor.execute(
                "UPDATE inventory_costlayer c SET remaining = t.remaining, remaining_amount = t.amount "
                "FROM unnest(%s::bigint[], %s::int[], %s::numeric[]) AS t(id, remaining, amount) WHERE c.id = t.id",
                [[row.id for row in rows], [row.remaining for row in rows], [row.remaining_amount for row in rows]],
            )
        if book.uses:
            cursor.execute(
                "INSERT INTO inventory_costuse (layer_id, move_id, into_layer_id, quantity, amount) "
                "SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::numeric[])",
                [
                    [ids.get(use[0], use[0]) for use in book.uses],
                    [use[1] for use in book.uses],
                    [None if use[2] is None else ids[use[2]] for use in book.uses],
                    [use[3] for use in book.uses],
                    [use[4] for use in book.uses],
                ],
            )
