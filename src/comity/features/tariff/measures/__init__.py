"""The tariff as rows: measures, quotas, drawings, records of TARIC3, assessments."""
