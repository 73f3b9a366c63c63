"""Whether an identifier is well formed: ISO 6346 containers, MRN, GRN, IMO, AWB, UN/LOCODE, HS.

Value table and factors: ISO 6346 (letters A=10 … Z=38, multiples of 11 skipped), reused by the EU MRN and GRN.
"""

from __future__ import annotations

import re
from operator import mul

_VALUES = {str(digit): digit for digit in range(10)} | dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [value for value in range(10, 39) if value % 11],
        strict=True,
    )
)
_FACTORS = [1 << position for position in range(64)]  # no number that is checked is as long
_CONTAINER = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")
_MRN = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9]")
_GRN = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{12}[0-9](?:[A-Z][0-9]{6})?")
_IMO = re.compile(r"(?:IMO ?)?([0-9]{7})")
_AWB = re.compile(r"([0-9]{3})-?([0-9]{8})")
_LOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_HS = re.compile(r"[0-9]{6,12}")
RESERVED_CHAPTER = "77"


def iso6346_check_digit(text: str) -> int:
    """Return (Σ value[i]·2^i) mod 11, with 10 read as 0; `text` is capital letters and digits."""
    total: int = sum(map(mul, map(_VALUES.__getitem__, text), _FACTORS))
    return total % 11 % 10


def is_container(text: str) -> bool:
    """Claim that `text` is a container number with a right check digit (ISO 6346)."""
    return bool(_CONTAINER.fullmatch(text)) and iso6346_check_digit(text[:10]) == int(text[10])


def has_mrn_form(text: str) -> bool:
    """Claim that `text` has the 18 characters of an MRN; the check digit is not looked at."""
    return bool(_MRN.fullmatch(text))


def has_wrong_mrn_digit(text: str) -> bool:
    """Claim that `text` has the form of an MRN and another check digit than its characters give."""
    return bool(_MRN.fullmatch(text)) and iso6346_check_digit(text[:17]) != int(text[17])


def is_mrn(text: str) -> bool:
    """Claim that `text` is an MRN with a right check digit. Foreign MRNs often are not: warn, do not refuse."""
    return has_mrn_form(text) and iso6346_check_digit(text[:17]) == int(text[17])


def is_grn(text: str) -> bool:
    """Claim that `text` is a guarantee reference number, 17 or 24 characters, with a right check digit."""
    return bool(_GRN.fullmatch(text)) and iso6346_check_digit(text[:16]) == int(text[16])


def is_imo(text: str) -> bool:
    """Claim that `text` is an IMO ship number: Σ digit·(7…2) mod 10 equals the last digit."""
    match = _IMO.fullmatch(text)
    if match is None:
        return False
    digits = match.group(1)
    return sum(int(digit) * weight for digit, weight in zip(digits, range(7, 1, -1), strict=False)) % 10 == int(
        digits[6]
    )


def is_awb(text: str) -> bool:
    """Claim that `text` is an air waybill number: three digits of the airline, seven, and seven mod 7."""
    match = _AWB.fullmatch(text)
    return match is not None and int(match.group(2)[:7]) % 7 == int(match.group(2)[7])


def has_locode_form(text: str) -> bool:
    """Claim that `text` has the form of a UN/LOCODE; membership in the list is not looked at."""
    return bool(_LOCODE.fullmatch(text))


def has_hs_form(text: str) -> bool:
    """Claim that `text` is 6 to 12 digits in a chapter 01–99 other than the reserved 77."""
    return bool(_HS.fullmatch(text)) and text[:2] not in ("00", RESERVED_CHAPTER)
