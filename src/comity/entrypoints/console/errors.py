"""What the console refuses, and with which page."""

from __future__ import annotations

from comity.foundation.errors import ComityError


class AccountInvalid(ComityError):
    """An account needs a name of 1 to 64 letters, digits, dots or hyphens, a role,
    and a password of 12 to 200 characters.
    """

    code = "console.account-invalid"
    status = 422


class SignInRefused(ComityError):
    """The name or the password is not right; check both and try again."""

    code = "console.sign-in-refused"
    status = 422


class TooManyAttempts(ComityError):
    """Too many attempts to sign in; wait fifteen minutes and try again."""

    code = "console.too-many-attempts"
    status = 429


class SignInNeeded(ComityError):
    """This page needs you to sign in."""

    code = "console.sign-in-needed"
    status = 401


class NotPermitted(ComityError):
    """Your role does not permit this; ask the administrator of this node if it should."""

    code = "console.not-permitted"
    status = 403


class FormStale(ComityError):
    """This form was opened in another session or is too old; open the page again and repeat what you entered."""

    code = "console.form-stale"
    status = 403


class PageUnknown(ComityError):
    """There is nothing at this address; it may have been mistyped, or the record is not in this node."""

    code = "console.page-unknown"
    status = 404


class FormInvalid(ComityError):
    """The form's content cannot be read; send it from the page it belongs to."""

    code = "console.form-invalid"
    status = 400
