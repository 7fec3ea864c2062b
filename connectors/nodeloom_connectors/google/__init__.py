"""What the connectors of Google's services share; no connector itself."""

from nodeloom_connectors.google.auth import google_oauth
from nodeloom_connectors.google.client import Content, GoogleClient
from nodeloom_connectors.google.discovery import Api

__all__ = ["Api", "Content", "GoogleClient", "google_oauth"]
