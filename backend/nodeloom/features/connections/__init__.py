"""Accounts that members connected, and their secrets."""
