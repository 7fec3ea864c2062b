"""What accounts refuse, each named by what the caller does next.

ApiProblem
├── NotSignedIn         401  sign in, or send a valid key
├── WrongCredentials    401  try another e-mail or password
├── Forbidden           403  ask for a larger role, or use a browser session
│   └── NotFromHere     403  the browser sent the request from another site, or without its CSRF token
├── NotFound            404  it isn't there, or belongs to another workspace
├── AlreadySetUp        409  sign in in place of setting up
├── LastOwner           409  make somebody else an owner first
├── AlreadyMember       409  there is nothing to do: they are in
├── NoMail              409  set NODELOOM_SMTP_URL first
├── MailFailed          502  mend what the mail server complains of
├── Invalid             422  correct the fields that `problems` names
└── TooManyTries        429  wait for Retry-After
"""

from nodeloom.adapters.problem import ApiProblem


class NotSignedIn(ApiProblem):
    status = 401
    code = "not_signed_in"
    title = "You are not signed in"
    hint = "Sign in, or send an API key as `Authorization: Bearer nl_…`."

    def __init__(self, detail: str = "", *, hint: str | None = None) -> None:
        super().__init__(detail, hint=hint, headers={"WWW-Authenticate": "Bearer"})


class WrongCredentials(ApiProblem):
    status = 401
    code = "wrong_credentials"
    title = "E-mail or password is wrong"
    hint = "Check both; an owner who is locked out can run `nodeloom owner reset`."


class Forbidden(ApiProblem):
    status = 403
    code = "forbidden"
    title = "Your role doesn't allow this"
    hint = "Ask an owner of the workspace for a larger role."


class NotFromHere(Forbidden):
    code = "cross_site"
    title = "The request can't be told from one that another site forged"
    hint = "Send the `csrf_token` of GET /api/v1/me as X-CSRF-Token, from a page of this installation."


class NotFound(ApiProblem):
    status = 404
    code = "not_found"
    title = "There is no such thing here"
    hint = "Check the id and the workspace; it may have been deleted."


class AlreadySetUp(ApiProblem):
    status = 409
    code = "already_set_up"
    title = "This installation already has an owner"
    hint = "Sign in; an owner who is locked out can run `nodeloom owner reset`."


class SetupTokenNeeded(Forbidden):
    code = "setup_token_needed"
    title = "The set-up token is missing or wrong"
    hint = "Send as `setup_token` the token that was printed when the server started."


class LastOwner(ApiProblem):
    status = 409
    code = "last_owner"
    title = "A workspace keeps at least one owner"
    hint = "Make another member an owner first."


class AlreadyMember(ApiProblem):
    status = 409
    code = "already_member"
    title = "There is such a member already"
    hint = "Sign in; nothing else is needed."


class NoMail(ApiProblem):
    status = 409
    code = "no_mail"
    title = "No mail server is set"
    hint = "Whoever runs Nodeloom sets NODELOOM_SMTP_URL and starts it again."


class MailFailed(ApiProblem):
    status = 502
    code = "mail_failed"
    title = "The mail server didn't take the letter"
    hint = "Check NODELOOM_SMTP_URL; `nodeloom doctor` asks the server too."


class Invalid(ApiProblem):
    status = 422
    code = "invalid"
    title = "The request holds values that can't be used"
    hint = "Correct the fields that `problems` names."


class TooManyTries(ApiProblem):
    status = 429
    code = "too_many_tries"
    title = "Too many tries"
    hint = "Wait for as many seconds as Retry-After says."

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"Try again in {retry_after_s} s.", headers={"Retry-After": str(retry_after_s)})


def invalid(field: str, code: str, message: str, hint: str = "") -> Invalid:
    """A refusal of one field, in the shape that the compiler's problems have."""
    problem = {"severity": "error", "node_id": None, "field": field, "code": code, "message": message, "hint": hint}
    return Invalid(message, problems=[problem])
