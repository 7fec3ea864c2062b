"""The application, a worker beside it, and the stand-ins of services that people connect."""

from tests.integration.runs.conftest import running
from tests.support.api import api, empty_api

__all__ = ["api", "empty_api", "running"]
