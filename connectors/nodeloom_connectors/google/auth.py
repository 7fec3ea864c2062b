"""How accounts of Google are connected."""

from __future__ import annotations

from nodeloom_connectors.sdk import OAuth2


def google_oauth(*scopes: str) -> OAuth2:
    """Without `access_type` and `prompt` a second consent of the same person brings no refresh token."""
    return OAuth2(
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        token_url="https://oauth2.googleapis.com/token",  # noqa: S106
        revoke_url="https://oauth2.googleapis.com/revoke",
        scopes=scopes,
        parameters={"access_type": "offline", "prompt": "consent", "include_granted_scopes": "true"},
        client_auth="post",
    )
