"""What the sheets of a workbook hold, XLSX (ECMA-376) or ODS (ISO/IEC 26300): read row by row, within bounds."""
