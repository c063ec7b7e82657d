"""What a database holds, as figures: rows and a hash a table. Two databases with equal figures hold the same."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backoffice.launch.psql import Conversation

# The text of a value depends on these; a backup is compared with a restore on another machine.
SAME_TEXT = (
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; "
    "SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL lc_monetary = 'C'; "
    "SET LOCAL search_path = pg_catalog;"
)
OURS = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
# Ordinary tables and the leaves of partitioned ones, each with its primary key in the order of its columns.
TABLES = f"""
SELECT format('%I.%I', n.nspname, c.relname), coalesce(k.columns, '')
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (
    SELECT string_agg(format('t.%I', a.attname), ', ' ORDER BY p.place) AS columns
    FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY AS p (attnum, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = p.attnum
    WHERE i.indrelid = c.oid AND i.indisprimary
) k ON true
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND {OURS}
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1;
"""
SEQUENCES = "SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, 0) FROM pg_sequences ORDER BY 1;"


@dataclass(frozen=True)
class Content:
    """The rows of a table: how many, and the hash of their text in the order of the primary key."""

    rows: int
    sha256: str

    def as_json(self) -> dict[str, Any]:
        """For a manifest."""
        return {"rows": self.rows, "sha256": self.sha256}


def of_tables(talk: Conversation, progress: Callable[[], None] = lambda: None) -> dict[str, Content]:
    """The content of every table, as the open transaction sees it."""
    talk.ask(SAME_TEXT)
    found: dict[str, Content] = {}
    for line in talk.ask(TABLES):
        name, _, key = line.partition("|")
        order = key or "t::text"
        digest, rows = hashlib.sha256(), 0
        for row in talk.lines(f"COPY (SELECT t.* FROM {name} t ORDER BY {order}) TO STDOUT;"):
            digest.update(row)
            rows += 1
            if rows % 10_000 == 0:
                progress()
        found[name] = Content(rows, digest.hexdigest())
        progress()
    return found


def of_sequences(talk: Conversation) -> dict[str, int]:
    """The last number that each sequence has given out (0 for none yet)."""
    return {name: int(value) for name, _, value in (line.partition("|") for line in talk.ask(SEQUENCES))}


def differences(wanted: dict[str, Content], found: dict[str, Content]) -> list[str]:
    """What is not the same, in sentences; empty when all is."""
    said = [f"{name} is missing" for name in sorted(wanted.keys() - found.keys())]
    said += [f"{name} was not in the backup" for name in sorted(found.keys() - wanted.keys())]
    for name in sorted(wanted.keys() & found.keys()):
        if wanted[name].rows != found[name].rows:
            said.append(f"{name} has {found[name].rows} rows instead of {wanted[name].rows}")
        elif wanted[name] != found[name]:
            said.append(f"{name} has other content")
    return said
