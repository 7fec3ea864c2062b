"""What the connectors of Google's services share; no connector itself."""

from nodeloom_connectors.google.auth import google_oauth
from nodeloom_connectors.google.client import GoogleClient
from nodeloom_connectors.google.discovery import Api

__all__ = ["Api", "GoogleClient", "google_oauth"]
