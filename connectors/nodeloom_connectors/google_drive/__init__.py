"""Google Drive: files and folders."""

from nodeloom_connectors.google import google_oauth
from nodeloom_connectors.google_drive.changed_files import changed_file, new_file
from nodeloom_connectors.google_drive.client import READ, DriveClient, verify
from nodeloom_connectors.google_drive.content import download, replace_content, upload
from nodeloom_connectors.google_drive.keeping import (
    copy,
    create_folder,
    delete,
    get,
    move,
    rename,
    trash,
    untrash,
)
from nodeloom_connectors.google_drive.options import file_options, folder_options
from nodeloom_connectors.google_drive.searching import search
from nodeloom_connectors.google_drive.sharing import list_permissions, share
from nodeloom_connectors.sdk import Connector, RateLimit

connector = Connector(
    name="google_drive",
    title="Google Drive",
    icon="hard-drive",
    color="#1a73e8",
    description="Put files into Google Drive, find, share and fetch them.",
    auth=google_oauth(READ),
    actions=(
        search,
        get,
        download,
        upload,
        replace_content,
        create_folder,
        copy,
        move,
        rename,
        share,
        list_permissions,
        trash,
        untrash,
        delete,
    ),
    triggers=(new_file, changed_file),
    options={"folders": folder_options, "files": file_options},
    connect=DriveClient,
    verify=verify,
    # 12,000 calls a minute for a project, and for each person.
    limits=(RateLimit(calls=50, per_s=1.0),),
)
