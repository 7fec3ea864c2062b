"""Connectors that a workspace made itself, of the OpenAPI documents of services."""
