"""What can be wrong with a tariff, a value or a claim: the refusals of value, origin and duty."""

from __future__ import annotations

from comity.foundation.errors import ComityError


class RateUnreadable(ComityError):
    """A rate expression was expected, such as `5% + 10 EUR/100kg MAX 20%`; correct it at the position named."""

    code = "tariff.rate-unreadable"
    status = 422


class TariffFileInvalid(ComityError):
    """The tariff file has errors and nothing of it was stored; correct what its findings name."""

    code = "tariff.file-invalid"
    status = 422


class TariffFormatUnknown(ComityError):
    """A TARIC3 XML file, a CSV schedule or a national law in TOML was expected; name one of those."""

    code = "tariff.format-unknown"
    status = 422


class NationalLawInvalid(ComityError):
    """The national choices of valuation, rounding and taxes cannot be read; correct the place named."""

    code = "tariff.law-invalid"
    status = 422


class RateOfExchangeMissing(ComityError):
    """There is no rate of exchange for this currency on the day; import the national rate for it."""

    code = "tariff.exchange-rate-missing"
    status = 422


class ValuationRefused(ComityError):
    """The value rests on a basis that Article 7.2 of the WTO Valuation Agreement excludes; use an admitted one."""

    code = "tariff.valuation-refused"
    status = 422


class QuotaUnknown(ComityError):
    """No tariff quota with this order number is open on the day; correct the number or claim another rate."""

    code = "tariff.quota-unknown"
    status = 422


class FactsInvalid(ComityError):
    """The facts of a decision on value or origin are not of the documented form; correct the table named."""

    code = "tariff.facts-invalid"
    status = 422
