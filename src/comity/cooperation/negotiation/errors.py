"""Why a step of a negotiation is not taken: each says what to do instead."""

from __future__ import annotations

from comity.foundation.errors import ComityError


class NegotiationMessageInvalid(ComityError):
    """The message is not in the form of its type: a field is missing, or holds something else."""

    code = "negotiation.message-invalid"


class NotAParty(ComityError):
    """Who acts is not a party of this agreement, or the node that is asked is not; the text must name both."""

    code = "negotiation.not-a-party"
    status = 403


class CounterUnfounded(ComityError):
    """What the counter-proposal answers is not an open proposal of this agreement; answer one that is, or amend."""

    code = "negotiation.counter-unfounded"
    status = 409


class RivalSigned(ComityError):
    """This administration has signed another text of this version; one does not sign two that exclude each other."""

    code = "negotiation.rival-signed"
    status = 409


class ProposalsTooMany(ComityError):
    """So many proposals of this partner wait for an answer that no more are taken; answer some first."""

    code = "negotiation.proposals-too-many"
    status = 429


class TextAmbiguous(ComityError):
    """Several texts are meant; name one by its hash, as `comity agreement history` shows it."""

    code = "negotiation.text-ambiguous"
    status = 409
