"""The application: shell, routes, and what they stand on."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.api import docs, openapi, problems, routes
from nodeloom.entrypoints.api.front_end import FrontEnd
from nodeloom.entrypoints.api.idempotency import Idempotency
from nodeloom.entrypoints.api.parts import open_parts
from nodeloom.entrypoints.api.shell import Shell


class Api(FastAPI):
    """FastAPI with one door before it: webhooks pay for none of what the API needs."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/hooks/"):
            await self.state.hooks(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(settings: Settings) -> Api:
    app = Api(
        title="Nodeloom",
        version=version("nodeloom"),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        generate_unique_id_function=_operation_id,
        middleware=[
            Middleware(
                Shell,
                max_body=settings.max_payload_mb * 1024 * 1024,
                https=settings.public_url.startswith("https://"),
            ),
            Middleware(Idempotency, prefix=routes.BASE + "/"),
        ],
    )
    app.state.settings = settings
    problems.install(app)
    for router in routes.UNDER_BASE:
        app.include_router(router, prefix=routes.BASE)
    for router in routes.OUTSIDE_BASE:
        app.include_router(router)
    app.add_route(routes.BASE + "/openapi.json", _openapi, include_in_schema=False)
    app.add_route("/api/docs", _docs, include_in_schema=False)
    app.router.default = FrontEnd()
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    async with open_parts(app.state):
        yield


def _operation_id(route: APIRoute) -> str:
    return route.name


async def _openapi(request: Request) -> Response:
    return JSONResponse(openapi.describe(request.app))


async def _docs(request: Request) -> Response:
    return HTMLResponse(docs.page(openapi.describe(request.app)))
