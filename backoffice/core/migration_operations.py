"""Operations that migrations of this house use beside Django's own."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import _add_trigger, _remove_trigger


class InstallTriggers(Operation):
    """Install the triggers that the CreateModel operations above declare in their options.

    One operation for all of them: an operation for each trigger would build the state of the whole project anew each time, and
    a new installation (and each test database) would wait for it.
    """

    def __init__(self, model_names: list[str]) -> None:
        self.model_names = model_names

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [], {"model_names": self.model_names}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: the triggers stand in the options of their models already."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for name in self.model_names:
            model = to_state.apps.get_model(app_label, name)
            for trigger in to_state.models[app_label, name].options["triggers"]:
                _add_trigger(schema_editor, model, trigger)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for name in reversed(self.model_names):
            model = from_state.apps.get_model(app_label, name)
            for trigger in from_state.models[app_label, name].options["triggers"]:
                _remove_trigger(schema_editor, model, trigger)

    def describe(self) -> str:
        return f"Install the triggers of {len(self.model_names)} models"
