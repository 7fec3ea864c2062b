from tests.integration.runs.conftest import api, empty_api, running, service, settings

__all__ = ["api", "empty_api", "running", "service", "settings"]
