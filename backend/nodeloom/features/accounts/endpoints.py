from fastapi import APIRouter

from nodeloom.features.accounts import auth_endpoints, invite_endpoints, notification_endpoints, workspace_endpoints

router = APIRouter()
router.include_router(auth_endpoints.router)
router.include_router(workspace_endpoints.router)
router.include_router(invite_endpoints.router)
router.include_router(notification_endpoints.router)
