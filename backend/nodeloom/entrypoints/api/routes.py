"""Every feature's routes, all under one base."""

from typing import Final

from fastapi import APIRouter

from nodeloom.entrypoints.api import health
from nodeloom.features.accounts import endpoints as accounts
from nodeloom.features.catalog import endpoints as catalog
from nodeloom.features.catalog.own import endpoints as own_apis
from nodeloom.features.chats import endpoints as chats
from nodeloom.features.connections import app_endpoints as oauth_apps
from nodeloom.features.connections import endpoints as connections
from nodeloom.features.connections import oauth_endpoints as oauth
from nodeloom.features.forms import endpoints as forms
from nodeloom.features.hosted import looks
from nodeloom.features.runs import artifact_endpoints as artifacts
from nodeloom.features.runs import endpoints as runs
from nodeloom.features.runs import live_endpoints as live
from nodeloom.features.runs import log_endpoints as logs
from nodeloom.features.runs import traffic_endpoints as traffic
from nodeloom.features.tables import endpoints as tables
from nodeloom.features.triggers import endpoints as triggers
from nodeloom.features.triggers import failure_endpoints as failures
from nodeloom.features.variables import endpoints as variables
from nodeloom.features.waiting import endpoints as waiting
from nodeloom.features.waiting import page_endpoints as approvals
from nodeloom.features.workflows import endpoints as workflows

BASE: Final = "/api/v1"

UNDER_BASE: Final[tuple[APIRouter, ...]] = (
    accounts.router,
    catalog.router,
    own_apis.router,
    oauth.router,
    oauth_apps.router,
    connections.router,
    variables.router,
    tables.router,
    workflows.router,
    triggers.router,
    failures.router,
    runs.router,
    artifacts.router,
    live.router,
    looks.router,
    logs.router,
    traffic.router,
    waiting.router,
)
OUTSIDE_BASE: Final[tuple[APIRouter, ...]] = (
    health.router,
    oauth.outside,
    forms.router,
    chats.router,
    approvals.router,
)
