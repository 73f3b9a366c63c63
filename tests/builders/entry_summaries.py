"""Entry summary declarations made for tests; the firms in them are invented."""

from __future__ import annotations

HEADER = """<HEAHEA>{first}<TraModAtBorHEA76>1</TraModAtBorHEA76>
<IdeOfMeaOfTraCroHEA85>9074729</IdeOfMeaOfTraCroHEA85><NatOfMeaOfTraCroHEA87>pa</NatOfMeaOfTraCroHEA87>
<TotNumOfIteHEA305>2</TotNumOfIteHEA305><TotNumOfPacHEA306>13</TotNumOfPacHEA306>
<TotGroMasHEA307>1250.500</TotGroMasHEA307><{place}>Mombasa</{place}><SpeCirIndHEA1>E</SpeCirIndHEA1>
<TraChaMetOfPayHEA1>A</TraChaMetOfPayHEA1><ComRefNumHEA>UCR-EXAMPLE-1</ComRefNumHEA><ConRefNumHEA>0042W</ConRefNumHEA>
<PlaLoaGOOITE334>KEMBA</PlaLoaGOOITE334><PlaUnlGOOITE334>Quay 3 of the example port</PlaUnlGOOITE334>
<{drawn_up}>202603011230</{drawn_up}></HEAHEA>"""
PARTIES = """<TRACONCO1><NamCO17>Example Exporter Ltd</NamCO17><StrAndNumCO122>1 Example Road</StrAndNumCO122>
<PosCodCO123>00100</PosCodCO123><CitCO124>Nairobi</CitCO124><CouCO125>KE</CouCO125></TRACONCO1>
<TRACONCE1><TINCE159>GB000000000001</TINCE159></TRACONCE1><NOTPAR670><NamNOTPAR672>Example Agent Ltd</NamNOTPAR672>
<NOTPAR670LNG>en</NOTPAR670LNG></NOTPAR670>"""
FIRST = """<GOOITEGDS><IteNumGDS7>1</IteNumGDS7><GooDesGDS23>Roasted coffee</GooDesGDS23><GroMasGDS46>+1000</GroMasGDS46>
<ComRefNumGIM1>UCR-EXAMPLE-1A</ComRefNumGIM1><UNDanGooCodGDI1>1263</UNDanGooCodGDI1>
<PRODOCDC2><DocTypDC21>N705</DocTypDC21><DocRefDC23>BL-EXAMPLE-7</DocRefDC23></PRODOCDC2>
<SPEMENMT2><AddInfCodMT23>10600</AddInfCodMT23></SPEMENMT2><COMCODGODITM><ComNomCMD1>09012100</ComNomCMD1></COMCODGODITM>
<CONNR2><ConNumNR21>CSQU3054383</ConNumNR21></CONNR2><CONNR2><ConNumNR21>TRAILER 1</ConNumNR21></CONNR2>
<PACGS2><KinOfPacGS23>BX</KinOfPacGS23><NumOfPacGS24>12</NumOfPacGS24><MarNumOfPacGSL21>A1</MarNumOfPacGSL21></PACGS2>
</GOOITEGDS>"""
SECOND = """<GOOITEGDS><IteNumGDS7>2</IteNumGDS7><GooDesGDS23>Pumps</GooDesGDS23><GroMasGDS46>250.5</GroMasGDS46>
<MetOfPayGDI12>B</MetOfPayGDI12><PlaLoaGOOITE333>TZDAR</PlaLoaGOOITE333>
<TRACONCO2><TINCO259>TZ000000002</TINCO259></TRACONCO2><COMCODGODITM><ComNomCMD1>8413</ComNomCMD1></COMCODGODITM>
<TRACONCE2><TINCE259>GB000000000002</TINCE259></TRACONCE2>
<IDEMEATRAGI970><NatIDEMEATRAGI973>KE</NatIDEMEATRAGI973><IdeMeaTraGIMEATRA971>KAA 001X</IdeMeaTraGIMEATRA971>
</IDEMEATRAGI970><PACGS2><KinOfPacGS23>NE</KinOfPacGS23><NumOfPieGS25>1</NumOfPieGS25></PACGS2>
<PRTNOT640><TINPRTNOT641>GB000000000003</TINPRTNOT641></PRTNOT640></GOOITEGDS>"""
REST = """<ITI><CouOfRouCodITI1>KE</CouOfRouCodITI1></ITI><ITI><CouOfRouCodITI1>GB</CouOfRouCodITI1></ITI>{lodgement}
<TRAREP><TINTRE1>GB000000000004</TINTRE1></TRAREP><PERLODSUMDEC><TINPLD1>GB000000000005</TINPLD1></PERLODSUMDEC>
<SEAID529><SeaIdSEAID530>S-1</SeaIdSEAID530></SEAID529><CUSOFFFENT730><RefNumCUSOFFFENT731>GB000060</RefNumCUSOFFFENT731>
<ExpDatOfArrFIRENT733>202603040600</ExpDatOfArrFIRENT733></CUSOFFFENT730>
<CUSOFFSENT740><RefNumSUBENR909>GB000011</RefNumSUBENR909></CUSOFFSENT740>
<TRACARENT601><TINTRACARENT602>GB000000000006</TINTRACARENT602></TRACARENT601>"""
LODGEMENT = "<CUSOFFLON><RefNumCOL1>GB000040</RefNumCOL1></CUSOFFLON>"
ENVELOPE = '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>{}</s:Body></s:Envelope>'


def an_entry_summary(
    *, is_amendment: bool = False, envelope: str = "{}", replaced: dict[str, str] | None = None
) -> bytes:
    """Return an IE315 or IE313 with every group; `replaced` are texts and what stands in their place."""
    name = "CC313A" if is_amendment else "CC315A"
    first = "<DocNumHEA5>26GB1A2B3CD456EFG2</DocNumHEA5>" if is_amendment else "<RefNumHEA4>LRN-EXAMPLE-1</RefNumHEA4>"
    place, drawn_up = ("AmdPlaHEA598", "DatTimAmeHEA113") if is_amendment else ("DecPlaHEA394", "DecDatTimHEA114")
    content = (
        "<MesSenMES3>GB000000000005/1234567890</MesSenMES3><MesRecMES6>GBCUSTOMS</MesRecMES6>"
        "<DatOfPreMES9>260301</DatOfPreMES9><TimOfPreMES10>1230</TimOfPreMES10><MesIdeMES19>EXAMPLE1</MesIdeMES19>"
        f"<MesTypMES20>{name}</MesTypMES20>"
        + HEADER.format(first=first, place=place, drawn_up=drawn_up)
        + PARTIES
        + FIRST
        + SECOND
        + REST.format(lodgement="" if is_amendment else LODGEMENT)
    )
    for wanted, instead in (replaced or {}).items():
        assert wanted in content
        content = content.replace(wanted, instead)
    message = f'<ie:{name} xmlns:ie="http://ics.dgtaxud.ec/{name}">{content}</ie:{name}>'
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + envelope.format(message).encode()
