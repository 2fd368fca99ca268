-- Exports that a worker writes. The row is the whole state of one and its place in the queue; its file stands in pieces, so that it comes and
-- goes with the database and is under the same row-level security as what it was made of.
CREATE TABLE "export_job" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "range_from" DATE,
    "range_to" DATE,
    "filter" JSONB NOT NULL DEFAULT '{}',
    "state" TEXT NOT NULL DEFAULT 'QUEUED',
    "run" INTEGER NOT NULL DEFAULT 0,
    "rows_done" BIGINT NOT NULL DEFAULT 0,
    "rows_total" BIGINT,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "sha256" TEXT,
    "error" TEXT,
    "asker_kind" TEXT NOT NULL,
    "asker_id" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(6),
    "done_at" TIMESTAMPTZ(6),
    "expires_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "export_job_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "export_job_asker_idx" ON "export_job"("tenant_id", "asker_kind", "asker_id", "requested_at", "id");
CREATE INDEX "export_job_open_idx" ON "export_job"("tenant_id", "requested_at", "id") WHERE "state" IN ('QUEUED', 'RUNNING', 'DONE');
ALTER TABLE "export_job"
  ADD CONSTRAINT "export_job_format_known" CHECK ("format" IN ('CSV', 'XLSX')),
  ADD CONSTRAINT "export_job_state_known" CHECK ("state" IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'EXPIRED')),
  ADD CONSTRAINT "export_job_asker_kind_known" CHECK ("asker_kind" IN ('USER', 'KEY')),
  ADD CONSTRAINT "export_job_range_in_order" CHECK (("range_from" IS NULL) = ("range_to" IS NULL) AND "range_from" < "range_to"),
  ADD CONSTRAINT "export_job_done_is_whole" CHECK ("state" <> 'DONE' OR ("sha256" IS NOT NULL AND "done_at" IS NOT NULL AND "expires_at" IS NOT NULL)),
  ADD CONSTRAINT "export_job_failed_says_why" CHECK (("state" = 'FAILED') = ("error" IS NOT NULL)),
  ADD CONSTRAINT "export_job_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The bytes of a file from `at_byte` on, as a run of the job wrote them. Only those of the run that ended it are ever read.
CREATE TABLE "export_piece" (
    "tenant_id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "run" INTEGER NOT NULL,
    "at_byte" BIGINT NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "export_piece_pkey" PRIMARY KEY ("tenant_id", "job_id", "run", "at_byte")
);
ALTER TABLE "export_piece"
  ADD CONSTRAINT "export_piece_not_empty" CHECK (octet_length("content") > 0),
  ADD CONSTRAINT "export_piece_tenant_id_job_id_fkey" FOREIGN KEY ("tenant_id", "job_id")
    REFERENCES "export_job"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['export_job', 'export_piece']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY "tenant_isolation" ON %I TO outlay_app USING ("tenant_id" = current_setting(''app.tenant_id'')::uuid) '
      || 'WITH CHECK ("tenant_id" = current_setting(''app.tenant_id'')::uuid)', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON "export_job" TO outlay_app;
-- What was asked for, by whom, is never another.
GRANT UPDATE ("state", "run", "rows_done", "rows_total", "bytes", "sha256", "error", "started_at", "done_at", "expires_at", "updated_at")
  ON "export_job" TO outlay_app;
GRANT SELECT, INSERT, DELETE ON "export_piece" TO outlay_app;

-- Views of more pages.
ALTER TABLE "saved_view" DROP CONSTRAINT "saved_view_page_known";
ALTER TABLE "saved_view" ADD CONSTRAINT "saved_view_page_known"
  CHECK ("page" IN ('SPEND', 'AGENTS', 'TASKS', 'CLIENTS', 'ANOMALIES', 'BUDGETS'));
