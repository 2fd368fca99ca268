-- Files of FOCUS as Parquet.
ALTER TABLE "export_job" DROP CONSTRAINT "export_job_format_known";
ALTER TABLE "export_job" ADD CONSTRAINT "export_job_format_known" CHECK ("format" IN ('CSV', 'XLSX', 'PARQUET'));
