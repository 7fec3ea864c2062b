"""Why a chat refuses. What stands in `detail` and `hint` is read by visitors."""

from nodeloom.adapters.problem import ApiProblem


class NoSuchChat(ApiProblem):
    status = 404
    code = "no_such_chat"
    title = "There is no chat here"
    hint = "It may have been taken down. Load the page again."


class NoSuchMessage(ApiProblem):
    status = 404
    code = "no_such_message"
    title = "There is no such message in this chat"
    hint = "Load the page again."


class NotAMember(ApiProblem):
    status = 401
    code = "not_signed_in"
    title = "This chat is for members"
    hint = "Load the page again and sign in; what you wrote stays in the field."


class NoToken(ApiProblem):
    status = 401
    code = "no_chat_token"
    title = "The request doesn't say whose chat it is"
    hint = "Send as X-Chat-Token the same 32 to 64 letters and digits with every request of one visitor."


class BadMessage(ApiProblem):
    status = 422
    code = "bad_message"
    title = "The message can't be taken"
    hint = "Change it and send it again."


class TooOften(ApiProblem):
    status = 429
    code = "too_often"
    title = "These are very many messages in a short time"
    hint = "Wait a moment; what you wrote stays in the field."

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"Try again in {wait_s} seconds.", headers={"Retry-After": str(wait_s)})


class CanNotRetry(ApiProblem):
    status = 409
    code = "not_failed"
    title = "The message was answered, or still is"
    hint = "Only a message that failed can be tried again."
