"""Which node types and connectors are installed."""
