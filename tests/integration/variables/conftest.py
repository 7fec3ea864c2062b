from tests.integration.runs.conftest import running, service, settings
from tests.support.api import api, empty_api

__all__ = ["api", "empty_api", "running", "service", "settings"]
