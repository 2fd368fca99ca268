/** What exported files are sent as. */
export const PARQUET_TYPE = 'application/vnd.apache.parquet'
export const CSV_TYPE = 'text/csv; charset=utf-8'
export const WORKBOOK_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
