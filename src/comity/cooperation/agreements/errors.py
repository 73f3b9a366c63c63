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
    """Another text of this agreement is signed already; change it with `comity agreement amend`, or draft a new one."""

    code = "agreements.changed"
    status = 409


class SignatureInvalid(ComityError):
    """The signature on the agreement does not verify with the signer's pinned key."""

    code = "agreements.signature-invalid"


class NoticeInvalid(ComityError):
    """The notice is not in its form, not by a party, gives no reason, or does not verify with the pinned key."""

    code = "agreements.notice-invalid"


class NoticeUntimely(ComityError):
    """The notice is dated in the future, is older than a message may be, or begins before it was given."""

    code = "agreements.notice-untimely"


class NoticeTooShort(ComityError):
    """The termination begins before the agreement's period of notice is over; name a later day, or suspend."""

    code = "agreements.notice-too-short"


class NoticeOutOfPlace(ComityError):
    """The notice does not fit where its author stands: one declines before signing, and ends or suspends after."""

    code = "agreements.notice-out-of-place"
    status = 409


class AmendmentUnfounded(ComityError):
    """The text replaces none that is kept here with the version before its own; amend the text in force."""

    code = "agreements.amendment-unfounded"
    status = 409


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


class RecipientRemoved(ReleaseRefused):
    """The recipient was removed from this node's partners; nothing leaves for it."""

    code = "agreements.recipient-removed"


class AgreementNotInForce(ReleaseRefused):
    """The agreement is not in force between the two: not all who must have signed it, or its first day is ahead."""

    code = "agreements.not-in-force"


class AgreementExpired(ReleaseRefused):
    """The agreement has expired; nothing leaves any more."""

    code = "agreements.expired"


class AgreementDeclined(ReleaseRefused):
    """A party whose signature is needed has declined this text; propose another."""

    code = "agreements.declined"


class AgreementSuspended(ReleaseRefused):
    """A party has suspended the agreement; nothing leaves until it resumes it."""

    code = "agreements.suspended"


class AgreementTerminated(ReleaseRefused):
    """The agreement is terminated; nothing leaves under it any more, and it does not come back: agree anew."""

    code = "agreements.terminated"


class AgreementAmended(ReleaseRefused):
    """A later text has taken the place of this one; release the message again under the text in force."""

    code = "agreements.amended"


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
