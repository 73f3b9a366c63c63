"""Which elements an entry summary declaration has, and what they mean: the names of IE315 and IE313 (ICS FMS v11).

Every name is used once in a message, so that one table says the parts of all parties.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

MESSAGES = frozenset({"CC315A", "CC313A"})
"""The declaration (IE315) and its amendment (IE313), by the local name of the message's own element."""

AMENDMENT = "CC313A"


class PartyElements(NamedTuple):
    """The elements of one party: name, street with number, postcode, city, country, TIN, and the language of these."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    tin: str
    language: str


PARTIES: Mapping[str, PartyElements] = {
    "TRACONCO1": PartyElements(
        "NamCO17", "StrAndNumCO122", "PosCodCO123", "CitCO124", "CouCO125", "TINCO159", "NADLNGCO"
    ),
    "TRACONCE1": PartyElements(
        "NamCE17", "StrAndNumCE122", "PosCodCE123", "CitCE124", "CouCE125", "TINCE159", "NADLNGCE"
    ),
    "NOTPAR670": PartyElements(
        "NamNOTPAR672",
        "StrNumNOTPAR673",
        "PosCodNOTPAR676",
        "CitNOTPAR674",
        "CouCodNOTPAR675",
        "TINNOTPAR671",
        "NOTPAR670LNG",
    ),
    "TRACONCO2": PartyElements(
        "NamCO27", "StrAndNumCO222", "PosCodCO223", "CitCO224", "CouCO225", "TINCO259", "NADLNGGTCO"
    ),
    "TRACONCE2": PartyElements(
        "NamCE27", "StrAndNumCE222", "PosCodCE223", "CitCE224", "CouCE225", "TINCE259", "NADLNGGICE"
    ),
    "PRTNOT640": PartyElements(
        "NamPRTNOT642",
        "StrNumPRTNOT646",
        "PstCodPRTNOT644",
        "CtyPRTNOT643",
        "CouCodGINOT647",
        "TINPRTNOT641",
        "PRTNOT640LNG",
    ),
    "TRAREP": PartyElements("NamTRE1", "StrAndNumTRE1", "PosCodTRE1", "CitTRE1", "CouCodTRE1", "TINTRE1", "TRAREPLNG"),
    "PERLODSUMDEC": PartyElements(
        "NamPLD1", "StrAndNumPLD1", "PosCodPLD1", "CitPLD1", "CouCodPLD1", "TINPLD1", "PERLODSUMDECLNG"
    ),
    "TRACARENT601": PartyElements(
        "NamTRACARENT604",
        "StrNumTRACARENT607",
        "PstCodTRACARENT606",
        "CtyTRACARENT603",
        "CouCodTRACARENT605",
        "TINTRACARENT602",
        "TRACARENT601LNG",
    ),
}
"""Consignor, consignee, party to notify (of all goods, then of an item), representative, person lodging, carrier."""

_MESSAGE = (
    "MesSenMES3 MesRecMES6 DatOfPreMES9 TimOfPreMES10 PriMES15 MesIdeMES19 MesTypMES20 CorIdeMES25 HEAHEA TRACONCO1"
    " TRACONCE1 NOTPAR670 GOOITEGDS ITI CUSOFFLON TRAREP PERLODSUMDEC SEAID529 CUSOFFFENT730 CUSOFFSENT740 TRACARENT601"
)
_HEADER = (
    "RefNumHEA4 DocNumHEA5 TraModAtBorHEA76 IdeOfMeaOfTraCroHEA85 IdeOfMeaOfTraCroHEA85LNG NatOfMeaOfTraCroHEA87"
    " TotNumOfIteHEA305 TotNumOfPacHEA306 TotGroMasHEA307 DecPlaHEA394 DecPlaHEA394LNG AmdPlaHEA598 AmdPlaHEA598LNG"
    " SpeCirIndHEA1 TraChaMetOfPayHEA1 ComRefNumHEA ConRefNumHEA PlaLoaGOOITE334 PlaLoaGOOITE334LNG PlaUnlGOOITE334"
    " CodPlUnHEA357LNG DecDatTimHEA114 DatTimAmeHEA113"
)
_ITEM = (
    "IteNumGDS7 GooDesGDS23 GooDesGDS23LNG GroMasGDS46 MetOfPayGDI12 ComRefNumGIM1 UNDanGooCodGDI1 PlaLoaGOOITE333"
    " PlaLoaGOOITE333LNG PlaUnlGOOITE333 PlaUnlGOOITE333LNG PRODOCDC2 SPEMENMT2 TRACONCO2 COMCODGODITM TRACONCE2 CONNR2"
    " IDEMEATRAGI970 PACGS2 PRTNOT640"
)

CHILDREN: Mapping[str, frozenset[str]] = {
    "": frozenset(_MESSAGE.split()),
    "HEAHEA": frozenset(_HEADER.split()),
    "GOOITEGDS": frozenset(_ITEM.split()),
    "ITI": frozenset({"CouOfRouCodITI1"}),
    "CUSOFFLON": frozenset({"RefNumCOL1"}),
    "SEAID529": frozenset({"SeaIdSEAID530", "SeaIdSEAID530LNG"}),
    "CUSOFFFENT730": frozenset({"RefNumCUSOFFFENT731", "ExpDatOfArrFIRENT733"}),
    "CUSOFFSENT740": frozenset({"RefNumSUBENR909"}),
    "PRODOCDC2": frozenset({"DocTypDC21", "DocRefDC23", "DocRefDCLNG"}),
    "SPEMENMT2": frozenset({"AddInfCodMT23"}),
    "COMCODGODITM": frozenset({"ComNomCMD1"}),
    "CONNR2": frozenset({"ConNumNR21"}),
    "IDEMEATRAGI970": frozenset({"NatIDEMEATRAGI973", "IdeMeaTraGIMEATRA971", "IdeMeaTraGIMEATRA972LNG"}),
    "PACGS2": frozenset({"KinOfPacGS23", "NumOfPacGS24", "NumOfPieGS25", "MarNumOfPacGSL21", "MarNumOfPacGSL21LNG"}),
    **{group: frozenset(party) for group, party in PARTIES.items()},
}
"""The elements that may stand in each group; the message itself is named by an empty text."""

REPEATED = frozenset(
    {"GOOITEGDS", "ITI", "SEAID529", "CUSOFFSENT740", "PRODOCDC2", "SPEMENMT2", "CONNR2", "IDEMEATRAGI970", "PACGS2"}
)
"""Groups that may come more than once."""

UNKEPT = frozenset(party.language for party in PARTIES.values()) | {
    "PriMES15",
    "IdeOfMeaOfTraCroHEA85LNG",
    "DecPlaHEA394LNG",
    "AmdPlaHEA598LNG",
    "PlaLoaGOOITE334LNG",
    "CodPlUnHEA357LNG",
    "GooDesGDS23LNG",
    "PlaLoaGOOITE333LNG",
    "PlaUnlGOOITE333LNG",
    "DocRefDCLNG",
    "SeaIdSEAID530LNG",
    "IdeMeaTraGIMEATRA972LNG",
    "MarNumOfPacGSL21LNG",
}
"""Languages of free texts, and the priority: not kept as values."""
