"""What the API refuses, and with which status."""

from __future__ import annotations

from comity.foundation.errors import ComityError, Finding


class BodyTooLarge(ComityError):
    """The body is larger than this node reads; send fewer documents at a time."""

    code = "api.body-too-large"
    status = 413


class BodyIncomplete(ComityError):
    """The connection ended before the whole body had arrived; send it again."""

    code = "api.body-incomplete"
    status = 400


class BodyTooSlow(ComityError):
    """The body arrives too slowly, so that others would wait for it; send less at a time."""

    code = "api.body-too-slow"
    status = 408


class TooManyRequests(ComityError):
    """Too many requests in a minute; wait and send again."""

    code = "api.too-many-requests"
    status = 429


class TokenRefused(ComityError):
    """A bearer token that is known, not expired and not revoked is needed; ask the administration for one."""

    code = "api.token-refused"
    status = 401


class ScopeMissing(ComityError):
    """The token does not permit this; ask the administration for one with the scope named in the path."""

    code = "api.scope-missing"
    status = 403


class ScopeUnknown(ComityError):
    """A scope is not one this node knows; docs/reference/api.md lists them."""

    code = "api.scope-unknown"
    status = 422


class AnotherTradersDeclaration(ComityError):
    """The token's trader takes no part in this declaration; a trader declares and reads its own only."""

    code = "api.another-traders-declaration"
    status = 403


class DeclarationUnknown(ComityError):
    """This node holds no such declaration that the token may read."""

    code = "api.declaration-unknown"
    status = 404


class DocumentRefused(ComityError):
    """The document has errors; each finding says where and what to do. Nothing of it was stored."""

    code = "api.document-refused"
    status = 422

    def __init__(self, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__()
        self.findings = findings


class ResultInvalid(ComityError):
    """An examination result is a JSON object with outcome and found; docs/reference/api.md shows one."""

    code = "api.result-invalid"
    status = 422


class ParameterInvalid(ComityError):
    """A parameter is absent or not a whole number in range; docs/reference/api.md lists them."""

    code = "api.parameter-invalid"
    status = 422
