"""Triggers of connectors: registered at services, asked for what is new, heard at their doors."""
