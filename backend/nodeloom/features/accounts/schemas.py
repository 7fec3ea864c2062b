"""What the account routes take and give."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from nodeloom.features.accounts.passwords import MAX_LENGTH
from nodeloom.features.accounts.roles import Role
from nodeloom.features.notifications.kinds import Kind


def normal_email(email: str) -> str:
    """The form that e-mails are kept and compared in: lower case, one @ with something on both sides.

    Nothing more is asked of it: mail servers alone know which addresses exist.
    """
    email = email.strip().lower()
    local, at, domain = email.rpartition("@")
    if not (at and local and domain) or any(letter.isspace() for letter in email):
        raise ValueError("an e-mail looks like name@example.org")
    return email


Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(normal_email)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
# Its shortest length is checked where one is chosen: a wrong one at sign-in is just wrong.
Password = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LENGTH)]


class Body(BaseModel):
    """A request body: an unknown field is refused, so that a typo isn't taken for a default."""

    model_config = ConfigDict(extra="forbid")


class Setup(Body):
    email: Email
    password: Password
    name: Name
    setup_token: str | None = Field(default=None, max_length=200)


class Login(Body):
    email: Annotated[str, StringConstraints(max_length=254)]
    password: Password


class PasswordChange(Body):
    current_password: Password
    new_password: Password


class WorkspaceWrite(Body):
    name: Name


class InviteCreate(Body):
    """With `email` the invite is for that person alone. `expires_in` is in seconds: five minutes to thirty days."""

    role: Role
    email: Email | None = None
    expires_in: int = Field(default=7 * 24 * 3600, ge=300, le=30 * 24 * 3600)


class InviteAccept(Body):
    """`name` is for a new account; `email` for an invite that names none."""

    password: Password
    name: Name | None = None
    email: Email | None = None


class MemberChange(Body):
    role: Role


class KeyCreate(Body):
    name: Name
    role: Role
    expires_at: AwareDatetime | None = None


class SetupState(BaseModel):
    needs_setup: bool
    setup_token_required: bool


class MemberRead(BaseModel):
    id: str
    workspace_id: str
    email: str
    name: str
    role: Role
    created_at: datetime


class WorkspaceRead(BaseModel):
    id: str
    name: str
    role: Role
    created_at: datetime


class SignedInRead(BaseModel):
    member: MemberRead
    csrf_token: str


class Me(BaseModel):
    """`member` and `csrf_token` are null for an API key, which is nobody's session."""

    member: MemberRead | None
    workspaces: list[WorkspaceRead]
    csrf_token: str | None


class LoginSessionRead(BaseModel):
    id: str
    current: bool
    user_agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


class InviteCreated(BaseModel):
    """`url` is the link; `mailed`: it is on its way to the one invited."""

    id: str
    url: str
    mailed: bool
    expires_at: datetime


class InviteRead(BaseModel):
    id: str
    email: str | None
    role: Role
    invited_by: str
    created_at: datetime
    expires_at: datetime
    expired: bool


class InviteOpened(BaseModel):
    """`has_account`: whoever is meant has an account here, and joins with its password."""

    workspace: str
    invited_by: str
    role: Role
    email: str | None
    has_account: bool
    expires_at: datetime


class KeyCreated(BaseModel):
    id: str
    key: str


class KeyRead(BaseModel):
    id: str
    name: str
    role: Role
    prefix: str
    created_by: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class UnreadCount(BaseModel):
    count: int


class PreferenceWrite(Body):
    kind: Kind
    in_product: bool
    by_mail: bool


class PreferencesWrite(Body):
    items: list[PreferenceWrite] = Field(max_length=50)


class PreferenceRead(BaseModel):
    kind: Kind
    title: str
    description: str
    in_product: bool
    by_mail: bool


class PreferencesRead(BaseModel):
    items: list[PreferenceRead]


class MailState(BaseModel):
    configured: bool
    sender: str
    given_up: int


class SentTo(BaseModel):
    email: str


class AuditEntryRead(BaseModel):
    id: str
    member_id: str | None
    key_id: str | None
    actor: str
    action: str
    subject_type: str
    subject_id: str
    detail: dict[str, object]
    created_at: datetime
