-- Reports (docs/decisions/0027). A report is of a kind, a period and, for a statement, a client. Runs make its editions, which are kept for ever
-- as they were written: the document, and the files that were made of it.
CREATE TABLE "report" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "client_id" UUID,
    "period_from" DATE NOT NULL,
    "period_to" DATE NOT NULL,
    "editions" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "report_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "report_scope_unique" ON "report"("tenant_id", "kind", "client_id", "period_from", "period_to") NULLS NOT DISTINCT;
CREATE INDEX "report_latest_idx" ON "report"("tenant_id", "created_at", "id");
ALTER TABLE "report"
  ADD CONSTRAINT "report_kind_known" CHECK ("kind" IN ('FINANCE_PACK', 'PROJECT_WEEKLY', 'CLIENT_STATEMENT')),
  ADD CONSTRAINT "report_statement_has_client" CHECK (("kind" = 'CLIENT_STATEMENT') = ("client_id" IS NOT NULL)),
  ADD CONSTRAINT "report_period_in_order" CHECK ("period_from" < "period_to"),
  ADD CONSTRAINT "report_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  ADD CONSTRAINT "report_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id")
    REFERENCES "client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- When a report is made by itself. A subscription is the one schedule whose recipients are the members that subscribed to it.
CREATE TABLE "report_schedule" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "client_id" UUID,
    "cron" TEXT NOT NULL,
    "period_rule" TEXT NOT NULL,
    "recipients" TEXT[] NOT NULL,
    "is_subscription" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL DEFAULT 'ACTIVE',
    "next_at" TIMESTAMPTZ(6),
    "asker_kind" TEXT NOT NULL,
    "asker_id" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_by" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "report_schedule_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "report_schedule_subscription_unique" ON "report_schedule"("tenant_id") WHERE "is_subscription" AND "state" <> 'ENDED';
CREATE INDEX "report_schedule_due_idx" ON "report_schedule"("tenant_id", "next_at") WHERE "state" = 'ACTIVE';
ALTER TABLE "report_schedule"
  ADD CONSTRAINT "report_schedule_kind_known" CHECK ("kind" IN ('FINANCE_PACK', 'PROJECT_WEEKLY', 'CLIENT_STATEMENT')),
  ADD CONSTRAINT "report_schedule_statement_has_client" CHECK (("kind" = 'CLIENT_STATEMENT') = ("client_id" IS NOT NULL)),
  ADD CONSTRAINT "report_schedule_rule_known" CHECK ("period_rule" IN ('LAST_MONTH', 'LAST_WEEK', 'LAST_7_DAYS')),
  ADD CONSTRAINT "report_schedule_state_known" CHECK ("state" IN ('ACTIVE', 'PAUSED', 'ENDED')),
  ADD CONSTRAINT "report_schedule_active_has_next" CHECK (("state" = 'ACTIVE') = ("next_at" IS NOT NULL)),
  ADD CONSTRAINT "report_schedule_asker_kind_known" CHECK ("asker_kind" IN ('USER', 'KEY')),
  ADD CONSTRAINT "report_schedule_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  ADD CONSTRAINT "report_schedule_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id")
    REFERENCES "client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

CREATE TABLE "report_subscriber" (
    "tenant_id" UUID NOT NULL,
    "schedule_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "since" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "report_subscriber_pkey" PRIMARY KEY ("tenant_id", "schedule_id", "user_id")
);
ALTER TABLE "report_subscriber"
  ADD CONSTRAINT "report_subscriber_tenant_id_schedule_id_fkey" FOREIGN KEY ("tenant_id", "schedule_id")
    REFERENCES "report_schedule"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- The work of making an edition: its state, and its place in the queue.
CREATE TABLE "report_run" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "report_id" UUID NOT NULL,
    "recipients" TEXT[] NOT NULL,
    "reason" TEXT,
    "state" TEXT NOT NULL DEFAULT 'QUEUED',
    "run" INTEGER NOT NULL DEFAULT 0,
    "step" TEXT,
    "files_done" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "asker_kind" TEXT NOT NULL,
    "asker_id" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(6),
    "done_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "report_run_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "report_run_report_idx" ON "report_run"("tenant_id", "report_id", "requested_at", "id");
CREATE INDEX "report_run_open_idx" ON "report_run"("tenant_id", "requested_at", "id") WHERE "state" IN ('QUEUED', 'RUNNING');
ALTER TABLE "report_run"
  ADD CONSTRAINT "report_run_state_known" CHECK ("state" IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED')),
  ADD CONSTRAINT "report_run_step_known" CHECK ("step" IN ('READ', 'RENDER', 'STORE')),
  ADD CONSTRAINT "report_run_failed_says_why" CHECK (("state" = 'FAILED') = ("error" IS NOT NULL)),
  ADD CONSTRAINT "report_run_done_has_instant" CHECK (("state" = 'DONE') = ("done_at" IS NOT NULL)),
  ADD CONSTRAINT "report_run_asker_kind_known" CHECK ("asker_kind" IN ('USER', 'KEY')),
  ADD CONSTRAINT "report_run_tenant_id_report_id_fkey" FOREIGN KEY ("tenant_id", "report_id")
    REFERENCES "report"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What became of each instant that a schedule names. The key is why no instant is run twice, however many workers look at it.
CREATE TABLE "report_tick" (
    "tenant_id" UUID NOT NULL,
    "schedule_id" UUID NOT NULL,
    "tick_at" TIMESTAMPTZ(6) NOT NULL,
    "run_id" UUID,
    "skipped" TEXT,
    "noted_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "report_tick_pkey" PRIMARY KEY ("tenant_id", "schedule_id", "tick_at")
);
CREATE UNIQUE INDEX "report_tick_run_unique" ON "report_tick"("tenant_id", "run_id");
ALTER TABLE "report_tick"
  ADD CONSTRAINT "report_tick_run_or_skipped" CHECK (("run_id" IS NULL) <> ("skipped" IS NULL)),
  ADD CONSTRAINT "report_tick_tenant_id_schedule_id_fkey" FOREIGN KEY ("tenant_id", "schedule_id")
    REFERENCES "report_schedule"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "report_tick_tenant_id_run_id_fkey" FOREIGN KEY ("tenant_id", "run_id")
    REFERENCES "report_run"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Written once. The document is kept as the text that was hashed, and the database holds the hash to it.
CREATE TABLE "report_edition" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "report_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "run_id" UUID NOT NULL,
    "document" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "snapshot" TEXT NOT NULL,
    "snapshot_id" TEXT NOT NULL,
    "reason" TEXT,
    "requested_by" TEXT NOT NULL,
    "written_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "report_edition_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "report_edition_number_unique" ON "report_edition"("tenant_id", "report_id", "number");
CREATE UNIQUE INDEX "report_edition_run_unique" ON "report_edition"("tenant_id", "run_id");
ALTER TABLE "report_edition"
  ADD CONSTRAINT "report_edition_number_counts" CHECK ("number" >= 1),
  ADD CONSTRAINT "report_edition_hash_is_of_document" CHECK ("sha256" = encode(sha256(convert_to("document", 'UTF8')), 'hex')),
  ADD CONSTRAINT "report_edition_snapshot_id_is_of_snapshot"
    CHECK ("snapshot_id" = left(encode(sha256(convert_to("snapshot", 'UTF8')), 'hex'), 16)),
  ADD CONSTRAINT "report_edition_tenant_id_report_id_fkey" FOREIGN KEY ("tenant_id", "report_id")
    REFERENCES "report"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "report_edition_tenant_id_run_id_fkey" FOREIGN KEY ("tenant_id", "run_id")
    REFERENCES "report_run"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

CREATE TABLE "report_file" (
    "tenant_id" UUID NOT NULL,
    "edition_id" UUID NOT NULL,
    "format" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,

    CONSTRAINT "report_file_pkey" PRIMARY KEY ("tenant_id", "edition_id", "format")
);
ALTER TABLE "report_file"
  ADD CONSTRAINT "report_file_format_known" CHECK ("format" IN ('PDF', 'XLSX', 'CSV', 'HTML')),
  ADD CONSTRAINT "report_file_tenant_id_edition_id_fkey" FOREIGN KEY ("tenant_id", "edition_id")
    REFERENCES "report_edition"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

CREATE TABLE "report_file_piece" (
    "tenant_id" UUID NOT NULL,
    "edition_id" UUID NOT NULL,
    "format" TEXT NOT NULL,
    "at_byte" BIGINT NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "report_file_piece_pkey" PRIMARY KEY ("tenant_id", "edition_id", "format", "at_byte")
);
ALTER TABLE "report_file_piece"
  ADD CONSTRAINT "report_file_piece_not_empty" CHECK (octet_length("content") > 0),
  ADD CONSTRAINT "report_file_piece_tenant_id_edition_id_format_fkey" FOREIGN KEY ("tenant_id", "edition_id", "format")
    REFERENCES "report_file"("tenant_id", "edition_id", "format") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What opens an edition to whoever holds the secret. Only its hash is here.
CREATE TABLE "report_link" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "edition_id" UUID NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "revoked_at" TIMESTAMPTZ(6),
    "revoked_by" TEXT,

    CONSTRAINT "report_link_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "report_link_secret_unique" ON "report_link"("tenant_id", "secret_hash");
ALTER TABLE "report_link"
  ADD CONSTRAINT "report_link_hash_is_sha256" CHECK (octet_length("secret_hash") = 32),
  ADD CONSTRAINT "report_link_revoked_by_somebody" CHECK (("revoked_at" IS NULL) = ("revoked_by" IS NULL)),
  ADD CONSTRAINT "report_link_tenant_id_edition_id_fkey" FOREIGN KEY ("tenant_id", "edition_id")
    REFERENCES "report_edition"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

CREATE TABLE "report_link_view" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "link_id" UUID NOT NULL,
    "what" TEXT NOT NULL,
    "viewed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "report_link_view_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "report_link_view_link_idx" ON "report_link_view"("tenant_id", "link_id", "viewed_at");
ALTER TABLE "report_link_view"
  ADD CONSTRAINT "report_link_view_what_known" CHECK ("what" IN ('PAGE', 'PDF', 'XLSX', 'CSV', 'HTML')),
  ADD CONSTRAINT "report_link_view_tenant_id_link_id_fkey" FOREIGN KEY ("tenant_id", "link_id")
    REFERENCES "report_link"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- One mail to one recipient of one edition: its state and its place in the queue. The secret of its link stands here, sealed, until the mail
-- is sent, so that a mail that has to be sent again is the same.
CREATE TABLE "report_delivery" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "edition_id" UUID NOT NULL,
    "recipient" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'PENDING',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "error" TEXT,
    "link_id" UUID,
    "sealed_secret" BYTEA,
    "requested_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(6),

    CONSTRAINT "report_delivery_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "report_delivery_recipient_unique" ON "report_delivery"("tenant_id", "edition_id", "recipient");
CREATE INDEX "report_delivery_due_idx" ON "report_delivery"("tenant_id", "not_before", "id") WHERE "state" = 'PENDING';
ALTER TABLE "report_delivery"
  ADD CONSTRAINT "report_delivery_state_known" CHECK ("state" IN ('PENDING', 'SENT', 'REFUSED', 'GIVEN_UP')),
  ADD CONSTRAINT "report_delivery_sent_has_instant" CHECK (("state" = 'SENT') = ("sent_at" IS NOT NULL)),
  ADD CONSTRAINT "report_delivery_sent_has_no_secret" CHECK ("state" <> 'SENT' OR "sealed_secret" IS NULL),
  ADD CONSTRAINT "report_delivery_tenant_id_edition_id_fkey" FOREIGN KEY ("tenant_id", "edition_id")
    REFERENCES "report_edition"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "report_delivery_tenant_id_link_id_fkey" FOREIGN KEY ("tenant_id", "link_id")
    REFERENCES "report_link"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['report', 'report_schedule', 'report_subscriber', 'report_run', 'report_tick', 'report_edition', 'report_file',
    'report_file_piece', 'report_link', 'report_link_view', 'report_delivery']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY "tenant_isolation" ON %I TO outlay_app USING ("tenant_id" = current_setting(''app.tenant_id'')::uuid) '
      || 'WITH CHECK ("tenant_id" = current_setting(''app.tenant_id'')::uuid)', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO outlay_app', t);
    EXECUTE format('GRANT SELECT, DELETE ON %I TO outlay_eraser', t);
    EXECUTE format('CREATE POLICY "demo_erasure" ON %I TO outlay_eraser USING ("tenant_id" = current_setting(''app.erased_tenant'')::uuid)', t);
  END LOOP;
END $$;
-- What an edition says, what it was made from, what became of a tick and who looked are never changed, and nothing of it is deleted.
GRANT UPDATE ("editions") ON "report" TO outlay_app;
GRANT UPDATE ("cron", "period_rule", "recipients", "state", "next_at", "changed_by", "changed_at") ON "report_schedule" TO outlay_app;
GRANT DELETE ON "report_subscriber" TO outlay_app;
GRANT UPDATE ("state", "run", "step", "files_done", "error", "started_at", "done_at", "updated_at") ON "report_run" TO outlay_app;
GRANT UPDATE ("revoked_at", "revoked_by") ON "report_link" TO outlay_app;
GRANT UPDATE ("state", "tries", "not_before", "error", "link_id", "sealed_secret", "sent_at") ON "report_delivery" TO outlay_app;
