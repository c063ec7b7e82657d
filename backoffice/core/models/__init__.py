"""The tables of the ground floor, one subject a file."""

from backoffice.core.models.commands import Command
from backoffice.core.models.companies import Company, NumberSeries
from backoffice.core.models.files import StoredFile
from backoffice.core.models.heartbeats import Heartbeat
from backoffice.core.models.jobs import Job
from backoffice.core.models.outbox import OutboxDelivery, OutboxEvent
from backoffice.core.models.people import AccessLimit, ApiKey, Role, User

__all__ = [
    "AccessLimit",
    "ApiKey",
    "Command",
    "Company",
    "Heartbeat",
    "Job",
    "NumberSeries",
    "OutboxDelivery",
    "OutboxEvent",
    "Role",
    "StoredFile",
    "User",
]
