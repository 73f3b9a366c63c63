"""Why a question to the agreements has no answer."""

from __future__ import annotations

from comity.foundation.errors import ComityError


class QuestionUnclear(ComityError):
    """The question is not of a form this node answers; the message says where it stops being one."""

    code = "agreements.question-unclear"

    def __init__(self, message: str, params: dict[str, object], *, at: int) -> None:
        self.sentence, self.at = (message, params), at
        super().__init__(message % params, path=f"character {at}")


class ReplayDisagrees(ComityError):
    """The solver's example is not what Cedar decides: a fault of this node. No answer is given; report it."""

    code = "agreements.replay-disagrees"
    status = 500


class PolicyUntranslated(ComityError):
    """A policy holds an expression that the solver is not told about: a fault of this node. No answer is given."""

    code = "agreements.policy-untranslated"
    status = 500


class TooLargeToQuestion(ComityError):
    """The agreements are larger than this node questions in reasonable time; ask fewer of them, or shorter ones."""

    code = "agreements.too-large-to-question"
    status = 422


class LegalFactsInvalid(ComityError):
    """The file does not state an administration's legal facts; docs/reference/agreement-questions.md shows one."""

    code = "agreements.legal-facts-invalid"
    status = 422
