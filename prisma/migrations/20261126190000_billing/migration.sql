-- Engagement terms: how the work for a project, or for a client outside such projects, is charged from a day on (domain/src/billing). Terms are
-- never edited: they end on the day that others begin, and what is replaced from its first day on stays as superseded.
CREATE TABLE "engagement" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "client_id" UUID,
    "project_id" UUID,
    "starts_on" DATE NOT NULL,
    "ends_on" DATE,
    "model" TEXT NOT NULL,
    "terms" JSONB NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "note" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_by" TEXT,
    "ended_at" TIMESTAMPTZ(6),
    "superseded_by" TEXT,
    "superseded_at" TIMESTAMPTZ(6),

    CONSTRAINT "engagement_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "engagement_client_idx" ON "engagement"("tenant_id", "client_id");
CREATE INDEX "engagement_project_idx" ON "engagement"("tenant_id", "project_id");
ALTER TABLE "engagement"
  ADD CONSTRAINT "engagement_of_client_or_project" CHECK (("client_id" IS NULL) <> ("project_id" IS NULL)),
  ADD CONSTRAINT "engagement_period_not_empty" CHECK ("ends_on" IS NULL OR "ends_on" > "starts_on"),
  ADD CONSTRAINT "engagement_model_known" CHECK ("model" IN
    ('PASS_THROUGH', 'COST_PLUS', 'RATE_CARD', 'PER_TASK', 'RETAINER', 'PER_AGENT', 'OUTCOME')),
  ADD CONSTRAINT "engagement_terms_are_of_model" CHECK ("terms" ->> 'model' = "model"),
  ADD CONSTRAINT "engagement_superseded_by_somebody" CHECK (("superseded_by" IS NULL) = ("superseded_at" IS NULL)),
  -- Two terms for one day would charge its work twice.
  ADD CONSTRAINT "engagement_no_overlap" EXCLUDE USING gist (
    "tenant_id" WITH =, (COALESCE("project_id", "client_id")) WITH =, daterange("starts_on", "ends_on", '[)') WITH &&)
    WHERE ("superseded_at" IS NULL),
  ADD CONSTRAINT "engagement_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  ADD CONSTRAINT "engagement_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id")
    REFERENCES "client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "engagement_tenant_id_project_id_fkey" FOREIGN KEY ("tenant_id", "project_id")
    REFERENCES "project"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- An outcome that did not hold: what was charged for a completion of the task is taken back on a day, once.
CREATE TABLE "outcome_reversal" (
    "tenant_id" UUID NOT NULL,
    "task_id" UUID NOT NULL,
    "completed_on" DATE NOT NULL,
    "reversed_on" DATE NOT NULL,
    "reason" TEXT NOT NULL,
    "reversed_by" TEXT NOT NULL,
    "reversed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outcome_reversal_pkey" PRIMARY KEY ("tenant_id", "task_id", "completed_on")
);
CREATE INDEX "outcome_reversal_day_idx" ON "outcome_reversal"("tenant_id", "reversed_on");
ALTER TABLE "outcome_reversal"
  ADD CONSTRAINT "outcome_reversal_after_outcome" CHECK ("reversed_on" >= "completed_on"),
  ADD CONSTRAINT "outcome_reversal_tenant_id_task_id_fkey" FOREIGN KEY ("tenant_id", "task_id")
    REFERENCES "task"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- The tasks of a project: each is a line of its charges.
CREATE INDEX "task_tenant_id_project_id_idx" ON "task"("tenant_id", "project_id");

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['engagement', 'outcome_reversal']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY "tenant_isolation" ON %I TO outlay_app USING ("tenant_id" = current_setting(''app.tenant_id'')::uuid) '
      || 'WITH CHECK ("tenant_id" = current_setting(''app.tenant_id'')::uuid)', t);
    -- Example data can be removed with everything of it.
    EXECUTE format('GRANT SELECT, DELETE ON %I TO outlay_eraser', t);
    EXECUTE format('CREATE POLICY "demo_erasure" ON %I TO outlay_eraser USING ("tenant_id" = current_setting(''app.erased_tenant'')::uuid)', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON "engagement", "outcome_reversal" TO outlay_app;
GRANT UPDATE ("ends_on", "ended_by", "ended_at", "superseded_by", "superseded_at") ON "engagement" TO outlay_app;
