"""Why an agreement does not let something happen: each refusal names the clause, or its absence."""

from __future__ import annotations

from collections.abc import Sequence

from comity.foundation.errors import ComityError, Finding


class AgreementInvalid(ComityError):
    """The document is not an agreement; its findings say what is wrong, and where."""

    code = "agreements.invalid"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        first = self.findings[0]
        super().__init__("; ".join(f"{one.path}: {one.message}" for one in self.findings), path=first.path)


class AgreementUnknown(ComityError):
    """No agreement with this id is kept here; take it in with `comity agreement sign`."""

    code = "agreements.unknown"
    status = 404


class AgreementChanged(ComityError):
    """Another document with this id is kept here; an agreement is not changed under its id, draft a new one."""

    code = "agreements.changed"
    status = 409


class SignatureInvalid(ComityError):
    """The signature on the agreement does not verify with the signer's pinned key."""

    code = "agreements.signature-invalid"


class SignerUnknown(ComityError):
    """A party signed whose card is not here."""

    code = "agreements.signer-unknown"


class ReleaseRefused(ComityError):
    """Nothing may leave, or be taken in: no clause covers it."""

    code = "agreements.refused"
    status = 403


class NoAgreement(ReleaseRefused):
    """There is no agreement with this partner; nothing leaves."""

    code = "agreements.none"


class AgreementNotInForce(ReleaseRefused):
    """The agreement is not in force: not every party has signed it, or it has been terminated."""

    code = "agreements.not-in-force"


class AgreementExpired(ReleaseRefused):
    """The agreement has expired; nothing leaves any more."""

    code = "agreements.expired"


class AgreementHashMismatch(ReleaseRefused):
    """The message names another text of this agreement than the one signed here."""

    code = "agreements.hash-mismatch"


class ClauseDiffers(ReleaseRefused):
    """The message names another clause or marking than the agreement has for it; nothing is downgraded silently."""

    code = "agreements.clause-differs"


class DataClassNotCovered(ReleaseRefused):
    """No clause of the agreement covers this data class and message type in this direction."""

    code = "agreements.data-class-not-covered"


class PurposeNotCovered(ReleaseRefused):
    """The clause does not cover this purpose."""

    code = "agreements.purpose-not-covered"


class FieldsNotCovered(ReleaseRefused):
    """The message carries fields that the clause's data class does not hold."""

    code = "agreements.fields-not-covered"
