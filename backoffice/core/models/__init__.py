"""The tables of the ground floor, one subject a file."""

from backoffice.core.models.bulk import BulkOutcome, BulkRun
from backoffice.core.models.commands import Command
from backoffice.core.models.companies import Company, NumberSeries
from backoffice.core.models.documents import Document, DocumentLog, DocumentVersion
from backoffice.core.models.files import StoredFile
from backoffice.core.models.heartbeats import Heartbeat
from backoffice.core.models.imports import ImportMapping, ImportRow, ImportSession
from backoffice.core.models.jobs import Job
from backoffice.core.models.messages import Message, MessageAttempt, MessageTemplate
from backoffice.core.models.outbox import OutboxDelivery, OutboxEvent
from backoffice.core.models.people import AccessLimit, ApiKey, Role, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.models.sessions import Session
from backoffice.core.models.views import SavedView

__all__ = [
    "AccessLimit",
    "ApiKey",
    "BulkOutcome",
    "BulkRun",
    "Command",
    "Company",
    "Document",
    "DocumentLog",
    "DocumentVersion",
    "Heartbeat",
    "ImportMapping",
    "ImportRow",
    "ImportSession",
    "Job",
    "Message",
    "MessageAttempt",
    "MessageTemplate",
    "NumberSeries",
    "OutboxDelivery",
    "OutboxEvent",
    "Role",
    "SavedView",
    "SecurityEvent",
    "Session",
    "StoredFile",
    "User",
]
