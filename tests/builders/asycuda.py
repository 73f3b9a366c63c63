"""Exports of ASYCUDA World as its users would make them: a whole one of two items, and changes to it."""

from __future__ import annotations

from lxml import etree

_AMOUNT = """<Amount_national_currency>{national}</Amount_national_currency>
<Amount_foreign_currency>{foreign}</Amount_foreign_currency><Currency_code>{code}</Currency_code>
<Currency_name>{name}</Currency_name><Currency_rate>{rate}</Currency_rate>"""


def amount(foreign: str, *, code: str = "EUR", rate: str = "2.5", national: str | None = None) -> str:
    """Return the elements of an amount at a rate."""
    worth = national or f"{float(foreign) * float(rate):.2f}"
    return _AMOUNT.format(national=worth, foreign=foreign, code=code, name="Example money", rate=rate)


NOTHING = _AMOUNT.format(national="0.0", foreign="0.0", code="<null/>", name="No foreign currency", rate="0.0")


def item(number: int = 1) -> str:
    """Return an item of 100 EUR at 2.5 with freight and insurance: worth 300 in national money, 75 of taxes."""
    return f"""<Item>
<Attached_documents><Attached_document_code>380</Attached_document_code>
<Attached_document_name>Commercial invoice</Attached_document_name>
<Attached_document_reference>INV-{number}</Attached_document_reference>
<Attached_document_from_rule>1</Attached_document_from_rule>
<Attached_document_date>14/03/2026</Attached_document_date></Attached_documents>
<Attached_documents><Attached_document_code>861</Attached_document_code></Attached_documents>
<Packages><Number_of_packages>10.0</Number_of_packages><Marks1_of_packages>EXAMPLE</Marks1_of_packages>
<Marks2_of_packages>LOT {number}</Marks2_of_packages><Kind_of_packages_code>CT</Kind_of_packages_code>
<Kind_of_packages_name>Carton</Kind_of_packages_name></Packages>
<IncoTerms><Code>CIF</Code><Place>EXAMPLE PORT</Place></IncoTerms>
<Tarification><Tarification_data><null/></Tarification_data>
<HScode><Commodity_code>84713000</Commodity_code><Precision_1>00</Precision_1><Precision_2>A1</Precision_2>
<Precision_3><null/></Precision_3><Precision_4><null/></Precision_4></HScode>
<Preference_code>100</Preference_code><Extended_customs_procedure>4071</Extended_customs_procedure>
<National_customs_procedure>000</National_customs_procedure><Quota_code>Q1</Quota_code>
<Quota><QuotaCode><null/></QuotaCode><QuotaId/><QuotaItem><ItmNbr/></QuotaItem></Quota>
<Supplementary_unit><Suppplementary_unit_code>NMB</Suppplementary_unit_code>
<Suppplementary_unit_name>Number</Suppplementary_unit_name>
<Suppplementary_unit_quantity>5</Suppplementary_unit_quantity></Supplementary_unit>
<Supplementary_unit><Suppplementary_unit_code><null/></Suppplementary_unit_code></Supplementary_unit>
<Item_price>100.0</Item_price><Valuation_method_code>1</Valuation_method_code>
<Value_item>15.0+5.0+0.0+0.0-0.0</Value_item><Attached_doc_item>380 861</Attached_doc_item>
<A.I._code>AI1</A.I._code></Tarification>
<Goods_description><Country_of_origin_code>DE</Country_of_origin_code>
<Country_of_origin_region>BY</Country_of_origin_region>
<Description_of_goods>Portable machines of under 10 kg</Description_of_goods>
<Commercial_Description>Example laptops model {number}</Commercial_Description></Goods_description>
<Previous_doc><Summary_declaration>BL-{number}</Summary_declaration>
<Summary_declaration_sl>3</Summary_declaration_sl>
<Previous_document_reference>PREV-{number}</Previous_document_reference>
<Previous_warehouse_code>W9</Previous_warehouse_code></Previous_doc>
<Licence_number>LIC-1</Licence_number><Amount_deducted_from_licence>50</Amount_deducted_from_licence>
<Quantity_deducted_from_licence>5</Quantity_deducted_from_licence>
<Free_text_1>First note</Free_text_1><Free_text_2>Second note</Free_text_2>
<Taxation><Item_taxes_amount>75.0</Item_taxes_amount><Item_taxes_guaranted_amount/>
<Item_taxes_mode_of_payment>1</Item_taxes_mode_of_payment>
<Taxation_line><Duty_tax_code>CD</Duty_tax_code><Duty_tax_Base>300.0</Duty_tax_Base><Duty_tax_rate>10.0</Duty_tax_rate>
<Duty_tax_amount>30.0</Duty_tax_amount><Duty_tax_MP>1</Duty_tax_MP>
<Duty_tax_Type_of_calculation><null/></Duty_tax_Type_of_calculation></Taxation_line>
<Taxation_line><Duty_tax_code>VAT</Duty_tax_code><Duty_tax_Base>300.0</Duty_tax_Base><Duty_tax_rate>15.0</Duty_tax_rate>
<Duty_tax_amount>45.0</Duty_tax_amount><Duty_tax_MP>1</Duty_tax_MP></Taxation_line>
<Taxation_line><Duty_tax_code>EXC</Duty_tax_code><Duty_tax_Base>300.0</Duty_tax_Base><Duty_tax_rate>5.0</Duty_tax_rate>
<Duty_tax_amount>15.0</Duty_tax_amount><Duty_tax_MP>0</Duty_tax_MP></Taxation_line>
<Taxation_line><Duty_tax_code><null/></Duty_tax_code><Duty_tax_Base/></Taxation_line></Taxation>
<Valuation_item><Weight_itm><Gross_weight_itm>12.5</Gross_weight_itm><Net_weight_itm>11.0</Net_weight_itm></Weight_itm>
<Total_cost_itm>50.0</Total_cost_itm><Total_CIF_itm>300.0</Total_CIF_itm><Rate_of_adjustement>1.0</Rate_of_adjustement>
<Statistical_value>300.0</Statistical_value>
<Alpha_coeficient_of_apportionment>1.0</Alpha_coeficient_of_apportionment>
<Item_Invoice>{amount("100.0")}</Item_Invoice><item_external_freight>{amount("15.0")}</item_external_freight>
<item_internal_freight>{NOTHING}</item_internal_freight><item_insurance>{amount("5.0")}</item_insurance>
<item_other_cost>{amount("2.0")}</item_other_cost><item_deduction>{amount("2.0")}</item_deduction></Valuation_item>
</Item>"""


def export(items: int = 2, *, head: str = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>') -> str:
    """Return a whole import declaration; what it states of its items is so."""
    return f"""{head}
<ASYCUDA id="42">
<Export_release><Date_of_exit>31/03/2026</Date_of_exit><Time_of_exit/>
<Actual_office_of_exit_code>EXOUT</Actual_office_of_exit_code><Comments>Left whole</Comments></Export_release>
<Assessment_notice><Registration_year>2026</Registration_year>
<Total_item_taxes>{75.0 * items}</Total_item_taxes><Items_taxes/></Assessment_notice>
<Property><Sad_flow>I</Sad_flow><Forms><Number_of_the_form>1</Number_of_the_form></Forms>
<Nbers><Number_of_loading_lists>1</Number_of_loading_lists><Total_number_of_items>{items}</Total_number_of_items>
<Total_number_of_packages>{10 * items}</Total_number_of_packages></Nbers>
<Date_of_declaration>13/03/2026</Date_of_declaration></Property>
<Identification><Office_segment><Customs_clearance_office_code>EXOFF</Customs_clearance_office_code></Office_segment>
<Type><Type_of_declaration>IM</Type_of_declaration><Declaration_gen_procedure_code>4</Declaration_gen_procedure_code>
</Type><Manifest_reference_number>2026 77</Manifest_reference_number>
<Registration><Serial_number>C</Serial_number><Number>123</Number><Date>15/03/2026</Date></Registration></Identification>
<Traders><Exporter><Exporter_code>X1</Exporter_code><Exporter_name>Example Exporter Ltd
1 Harbour Road
Example Town</Exporter_name></Exporter>
<Consignee><Consignee_code>C1</Consignee_code><Consignee_name>Example Importer Ltd</Consignee_name></Consignee>
<Financial><Financial_code>F1</Financial_code><Financial_name>Example Payer Ltd</Financial_name></Financial></Traders>
<Declarant><Declarant_code>D1</Declarant_code><Declarant_name>Example Broker Ltd</Declarant_name>
<Declarant_representative>Desk 4</Declarant_representative><Reference><Number>REF-9</Number></Reference></Declarant>
<General_information><Country><Country_first_destination>PA</Country_first_destination>
<Export><Export_country_code>DE</Export_country_code></Export>
<Destination><Destination_country_code>JM</Destination_country_code>
<Destination_country_region>KN</Destination_country_region></Destination></Country>
<Additional_information>Shown first</Additional_information><Comments_free_text>Said last</Comments_free_text>
</General_information>
<Transport><Means_of_transport><Departure_arrival_information><Identity>MV EXAMPLE</Identity>
<Nationality>PA</Nationality></Departure_arrival_information><Border_information><Identity>V123</Identity>
<Nationality>LR</Nationality><Mode>1</Mode></Border_information>
<Inland_mode_of_transport>3</Inland_mode_of_transport></Means_of_transport><Container_flag>true</Container_flag>
<Delivery_terms><Code>CIF</Code><Place>EXAMPLE PORT</Place><Situation><null/></Situation></Delivery_terms>
<Border_office><Code>EXBOR</Code></Border_office>
<Place_of_loading><Code>DEHAM</Code><Name>HAMBURG</Name><Country>DE</Country></Place_of_loading>
<Location_of_goods>SHED1</Location_of_goods></Transport>
<Financial><Financial_transaction><code1>1</code1><code2>1</code2></Financial_transaction>
<Deffered_payment_reference>DP-1</Deffered_payment_reference><Mode_of_payment>ACCOUNT</Mode_of_payment>
<Amounts><Global_taxes>10.0</Global_taxes><Totals_taxes>{75.0 * items + 10}</Totals_taxes></Amounts>
<Guarantee><Name>Example Bank</Name><Amount>500.0</Amount></Guarantee></Financial>
<Warehouse><Identification>WH-7</Identification><Delay/></Warehouse>
<Transit><Destination><Office>EXDST</Office></Destination><Seals><Identity>SEAL-1</Identity></Seals>
<Time_limit>20/04/2026</Time_limit></Transit>
<Valuation><Weight><Gross_weight>{12.5 * items}</Gross_weight></Weight><Total_CIF>{300.0 * items}</Total_CIF>
<Gs_Invoice>{amount(str(100.0 * items))}</Gs_Invoice><Gs_external_freight>{amount(str(15.0 * items))}</Gs_external_freight>
<Gs_internal_freight>{amount("4.0", code="JMD", rate="1")}</Gs_internal_freight>
<Gs_insurance>{amount(str(5.0 * items))}</Gs_insurance><Gs_other_cost>{amount("4.0")}</Gs_other_cost>
<Gs_deduction>{amount("4.0")}</Gs_deduction>
<Total><Total_invoice>{100.0 * items}</Total_invoice><Total_weight>{12.5 * items}</Total_weight></Total></Valuation>
<Container><Item_Number>1</Item_Number><Container_identity>CSQU3054383</Container_identity>
<Container_type>40HC</Container_type><Empty_full_indicator>1/1</Empty_full_indicator></Container>
<Container><Item_Number>2</Item_Number><Container_identity>CSQU3054383</Container_identity></Container>
<Prev_decl><Prev_decl_office_code>EXOLD</Prev_decl_office_code><Prev_decl_reg_year>2025</Prev_decl_reg_year>
<Prev_decl_reg_serial>C</Prev_decl_reg_serial><Prev_decl_reg_number>55</Prev_decl_reg_number>
<Prev_decl_number_packages_written_off>4</Prev_decl_number_packages_written_off>
<Prev_decl_supp_quantity_written_off>3.5</Prev_decl_supp_quantity_written_off>
<Prev_decl_item_number>2</Prev_decl_item_number><Prev_decl_current_item>1</Prev_decl_current_item></Prev_decl>
<Suppliers_documents><Suppliers_document_code>S1</Suppliers_document_code>
<Suppliers_document_name>Example Supplier Ltd</Suppliers_document_name>
<Suppliers_document_street>2 Mill Lane</Suppliers_document_street>
<Suppliers_document_city>Example City</Suppliers_document_city>
<Suppliers_document_country>DE</Suppliers_document_country>
<Suppliers_document_zip_code>E1</Suppliers_document_zip_code>
<Suppliers_document_invoice_nbr>INV-1</Suppliers_document_invoice_nbr>
<Suppliers_document_date>16/03/2026</Suppliers_document_date></Suppliers_documents>
{"".join(item(number) for number in range(1, items + 1))}
</ASYCUDA>"""


def leaves(root: etree._Element) -> list[etree._Element]:
    """Return the elements that hold a value, the first of each path."""
    seen: dict[str, etree._Element] = {}
    for element in root.iter(etree.Element):
        if not len(element) and (element.text or "").strip():
            path = "/".join(one.tag for one in (*reversed(list(element.iterancestors())), element))
            seen.setdefault(path, element)
    return list(seen.values())
