"""What the import contracts cannot see: models fetched by name, signals, locks and queues in the wrong place, floats."""

import ast
import re

from tests.architecture.source import calls, files, name, text, tree

# Operations of migrations know models by name alone: that is what a migration is.
OPERATIONS = "migration_operations.py"
MODEL_BY_NAME = {"get_model", "get_registered_model"}
SIGNALS = {"post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed", "request_finished"}
MONEY_AND_QUANTITY = re.compile(
    r"(money|quantit|numbers|numbering|stock|ledger|cost|price|reservation|allocation|payment|invoice|refund)"
)


def test_no_model_is_fetched_by_name() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in files()
        if path.name != OPERATIONS
        for call, line in calls(path)
        if call in MODEL_BY_NAME
    ]
    assert found == []


def test_no_signal_wires_two_rooms_together() -> None:
    """Sign-in signals of the frameworks are heard in one place; signals of models are heard nowhere."""
    found = []
    for path in files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom | ast.Import):
                found += [f"{name(path)}: {alias.name}" for alias in node.names if alias.name in SIGNALS]
    assert found == []


def test_rows_are_locked_in_locks_modules_only() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in files()
        for call, line in calls(path)
        if call == "select_for_update" and path.name != "locks.py"
    ]
    raw = [
        name(path)
        for path in files()
        if re.search(r"FOR (NO KEY )?UPDATE", text(path)) and path.name not in ("locks.py", "queues.py")
    ]
    assert found + raw == []


def test_locked_rows_are_skipped_in_the_queue_module_only() -> None:
    found = [
        name(path)
        for path in files()
        if re.search(r"skip_locked|SKIP LOCKED", text(path)) and name(path) != "backoffice/core/queues.py"
    ]
    assert found == []


def test_money_and_quantity_code_knows_no_float() -> None:
    found = []
    for path in files():
        if not MONEY_AND_QUANTITY.search(path.stem):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                found.append(f"{name(path)}:{node.lineno} {node.value}")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
                found.append(f"{name(path)}:{node.lineno} float()")
    assert found == []


def test_no_model_has_a_float_column() -> None:
    found = [f"{name(path)}:{line}" for path in files() for call, line in calls(path) if call == "FloatField"]
    assert found == []


def test_the_clock_is_asked_in_one_place() -> None:
    """`clock.now()` can be held still; datetime.now() and timezone.now() cannot."""
    bad = re.compile(r"\b(datetime\.now|datetime\.utcnow|timezone\.now|date\.today)\(")
    allowed = ("backoffice/core/clock.py", "backoffice/launch/")
    found = [name(path) for path in files() if bad.search(text(path)) and not name(path).startswith(allowed)]
    assert found == []


def test_nothing_is_written_with_str_format_on_outside_text() -> None:
    """str.format reaches attributes (and through them everything) when the template comes from a person."""
    found = []
    for path in files():
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("format", "format_map")
                and not isinstance(node.func.value, ast.Constant)
                and isinstance(node.func.value, ast.Name)
                and not node.func.value.id.isupper()
            ):
                found.append(f"{name(path)}:{node.lineno} {ast.unparse(node)[:80]}")
    assert found == [], found
