from tests.support.api import api, empty_api, settings

__all__ = ["api", "empty_api", "settings"]
