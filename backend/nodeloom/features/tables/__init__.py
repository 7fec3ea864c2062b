"""The built-in data store: tables of a workspace, written by people and by `core.table`."""
