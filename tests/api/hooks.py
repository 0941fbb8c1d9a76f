"""What our server may refuse although the description allows it: what only its state, or two fields together, decide."""

import schemathesis

STATE = {
    # Who and what there is.
    "invalid_user_id",
    "user_id_already_exists",
    "user_disabled",
    "user_deleted",
    "chat_not_found",
    "call_not_found",
    "room_not_found",
    "session_not_found",
    "upload_not_found",
    "link_invalid",
    "too_many_webhooks",
    "no_plus_user",
    # Two fields that have to fit each other.
    "user_not_a_member",
    "invalid_initiator",
    "invalid_participants",
    "invalid_webhook_filters",
    # What a form or an address holds, which no pattern tells.
    "upload_error",
    "file_not_found",
    "invalid_file",
    "wrong_file_dimension",
    "error_processing_image",
    "invalid_webhook_url",
    "webhook_url_not_public",
}


def refused_by_state(case, code):
    if code == "validation_error" and case.path.endswith("/client/uploads"):
        # Either a chat or a call has to be given.
        return ("chat" in (case.query or {})) == ("call" in (case.query or {}))
    if code == "invalid_users_length":
        # A chat with oneself, which no pattern of two names can rule out.
        first, _, second = (case.query or {}).get("users", "").partition(",")
        return first == second
    if code == "invalid_param" and case.path.endswith("/chat/messages"):
        return bool((case.query or {}).get("page_token"))
    if code == "invalid_param":
        return bool((case.query or {}).get("cursor"))
    return code in STATE


@schemathesis.check
def described_requests_are_taken(ctx, response, case):
    """In place of `positive_data_acceptance`, which knows statuses only."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code < 400:
        return
    code = response.json()["error"]["code"]
    assert refused_by_state(case, code), f"the description allows what was refused: {response.status_code} {code}"
