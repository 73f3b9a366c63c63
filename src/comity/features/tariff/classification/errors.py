"""What can be wrong with a question of classification, its model, a ruling, or an opinion."""

from __future__ import annotations

from comity.foundation.errors import ComityError


class DescriptionInvalid(ComityError):
    """The description cannot be read: name the goods in at most 2,000 characters, none of them control characters."""

    code = "classification.description-invalid"


class ScriptUnsupported(ComityError):
    """The description is not in Latin letters, and the model knows no others: give it in English."""

    code = "classification.script-unsupported"


class ModelMissing(ComityError):
    """No classification model is here: build one with comity classify train."""

    code = "classification.model-missing"
    status = 503


class ModelAltered(ComityError):
    """The model file is not the one that was recorded when it was trained: train again, or restore it from a backup."""

    code = "classification.model-altered"
    status = 503


class TrainingInvalid(ComityError):
    """A file to learn from is not in the form expected: see docs/reference/classification.md for its columns."""

    code = "classification.training-invalid"


class CodeUnknown(ComityError):
    """A goods code has 6 to 12 digits; this one has another form."""

    code = "classification.code-unknown"


class RulingInvalid(ComityError):
    """A ruling is not complete: it needs a reference, a code, words that describe the goods, and days in order."""

    code = "classification.ruling-invalid"


class RulingKnown(ComityError):
    """A ruling with this reference is kept already: revoke it first, or give the new one its own reference."""

    code = "classification.ruling-known"
    status = 409


class RulingUnknown(ComityError):
    """No ruling with this reference is kept here: see `comity ruling list`."""

    code = "classification.ruling-unknown"
    status = 404


class ItemUnknown(ComityError):
    """The declaration has no goods item with this number: see its page."""

    code = "classification.item-unknown"
    status = 404


class DecisionInvalid(ComityError):
    """A decision on classification needs a code of 6 to 12 digits, a general rule (1 to 6) and a reason."""

    code = "classification.decision-invalid"


class OpinionInvalid(ComityError):
    """A second opinion's message is not complete or not in its form: see docs/reference/classification.md."""

    code = "classification.opinion-invalid"


class OpinionUnknown(ComityError):
    """No such question about classification is kept here: see `comity opinion list`."""

    code = "classification.opinion-unknown"
    status = 404


class OpinionAnswered(ComityError):
    """The question has its answer already; an answer is given once."""

    code = "classification.opinion-answered"
    status = 409
