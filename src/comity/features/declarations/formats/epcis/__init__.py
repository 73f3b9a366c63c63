"""GS1 EPCIS 2.0 (ISO/IEC 19987:2024) as JSON-LD and XML, and EPCIS 1.2 XML: events of goods on their way."""
