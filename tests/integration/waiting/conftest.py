from tests.integration.runs.conftest import api, empty_api, running, settings

__all__ = ["api", "empty_api", "running", "settings"]
