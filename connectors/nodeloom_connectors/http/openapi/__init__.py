"""Any API: a connector made of an OpenAPI document, with an action for each of its operations."""

from nodeloom_connectors.http.openapi.connector import connector_of
from nodeloom_connectors.http.openapi.document import ApiDocument, Skipped, read_document

__all__ = ["ApiDocument", "Skipped", "connector_of", "read_document"]
