-- Rating that can be defended: cards with a source and a life, graduated prices, catalogues that a tenant adopts, corrections,
-- ratings that were replaced, and re-rating as a resumable job.

-- Rate cards: a tenant's contract before what it entered by hand, drafts beside what is in force.
ALTER TABLE "rate_card"
  ADD COLUMN "source" TEXT NOT NULL DEFAULT 'MANUAL',
  ADD COLUMN "status" TEXT NOT NULL DEFAULT 'PUBLISHED',
  ADD COLUMN "note" TEXT,
  ADD COLUMN "created_by" TEXT,
  ADD COLUMN "published_at" TIMESTAMPTZ(6),
  ADD COLUMN "retired_at" TIMESTAMPTZ(6);
-- Without FORCE the owner reaches the rows of all tenants, also where it is no superuser.
ALTER TABLE "rate_card" NO FORCE ROW LEVEL SECURITY;
UPDATE "rate_card" SET "published_at" = "created_at";
ALTER TABLE "rate_card" FORCE ROW LEVEL SECURITY;
ALTER TABLE "rate_card"
  ADD CONSTRAINT "rate_card_source_known" CHECK ("source" IN ('CONTRACT', 'MANUAL')),
  ADD CONSTRAINT "rate_card_status_known" CHECK ("status" IN ('DRAFT', 'PUBLISHED', 'RETIRED')),
  ADD CONSTRAINT "rate_card_draft_is_unpublished" CHECK (("status" = 'DRAFT') = ("published_at" IS NULL)),
  ADD CONSTRAINT "rate_card_retired_has_instant" CHECK (("status" = 'RETIRED') = ("retired_at" IS NOT NULL));

-- Source and state stand on the rate as well: the constraint against overlap needs them, and so does every rating. A WITHDRAWN rate
-- began after its card was retired: it never prices anything again, and stays for the lines that name it.
ALTER TABLE "rate"
  ADD COLUMN "source" TEXT NOT NULL DEFAULT 'MANUAL',
  ADD COLUMN "state" TEXT NOT NULL DEFAULT 'ACTIVE',
  ADD COLUMN "above_monthly_quantity" DECIMAL(38,6),
  DROP CONSTRAINT "rate_no_overlap";
ALTER TABLE "rate"
  ADD CONSTRAINT "rate_source_known" CHECK ("source" IN ('CONTRACT', 'MANUAL')),
  ADD CONSTRAINT "rate_state_known" CHECK ("state" IN ('DRAFT', 'ACTIVE', 'WITHDRAWN')),
  ADD CONSTRAINT "rate_tier_not_negative" CHECK ("above_monthly_quantity" >= 0),
  ADD CONSTRAINT "rate_one_tier_mode" CHECK ("above_prompt_tokens" IS NULL OR "above_monthly_quantity" IS NULL),
  ADD CONSTRAINT "rate_no_overlap" EXCLUDE USING gist (
    "tenant_id" WITH =, "source" WITH =, "provider" WITH =, "resource" WITH =, "meter" WITH =,
    (COALESCE("above_prompt_tokens", -1)) WITH =, (COALESCE("above_monthly_quantity", -1)) WITH =, "qualifiers_key" WITH =,
    tstzrange("effective_from", "effective_to", '[)') WITH &&) WHERE ("state" = 'ACTIVE');

-- A catalogue that was imported is kept whole, so that a tenant rates under the version it adopted until it adopts another.
ALTER TABLE "catalogue_version"
  ADD COLUMN "published_on" DATE,
  ADD COLUMN "content" JSONB;
ALTER TABLE "tenant"
  ADD COLUMN "catalogue_version" TEXT;
-- The start finds the tenants that have adopted none.
GRANT SELECT ("catalogue_version") ON "tenant" TO outlay_auth;

-- Events: a corrected one counts nothing; a cost may come from its sender; a line may be a part of a graduated price, whatever rate it
-- got.
ALTER TABLE "invocation"
  ADD COLUMN "cost_basis" TEXT NOT NULL DEFAULT 'RATES',
  ADD COLUMN "reported_fx_rate" DECIMAL(38,18),
  ADD COLUMN "ladders" UUID[],
  DROP CONSTRAINT "invocation_billing_known";
ALTER TABLE "invocation"
  ADD CONSTRAINT "invocation_billing_known" CHECK ("billing" IN ('DIRECT', 'SHARED', 'REPORT', 'CLAIMED', 'WRAPPER', 'VOID')),
  ADD CONSTRAINT "invocation_ladders_parallel" CHECK ("ladders" IS NULL OR cardinality("ladders") = cardinality("meters")),
  ADD CONSTRAINT "invocation_cost_basis_known" CHECK ("cost_basis" IN ('RATES', 'REPORTED')),
  ADD CONSTRAINT "invocation_reported_is_there" CHECK ("cost_basis" = 'RATES' OR "reported_amount" IS NOT NULL);

-- What waits for a price or for an FX rate is found by one index, which holds nothing of what is rated.
DROP INDEX "invocation_unpriced_idx";
CREATE INDEX "invocation_unrated_idx" ON "invocation"("tenant_id", "occurred_at") WHERE "status" <> 'RATED';

CREATE TABLE "invocation_correction" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "invocation_id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "kind" TEXT NOT NULL,
    "replacement_id" TEXT,
    "billing_before" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "corrected_by" TEXT NOT NULL,
    "corrected_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invocation_correction_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "invocation_corrected_once" ON "invocation_correction"("tenant_id", "invocation_id");
CREATE INDEX "invocation_correction_replacement_idx" ON "invocation_correction"("tenant_id", "replacement_id");
ALTER TABLE "invocation_correction"
  ADD CONSTRAINT "invocation_correction_kind_known" CHECK ("kind" IN ('VOID', 'REPLACE')),
  ADD CONSTRAINT "invocation_correction_replacement_named" CHECK (("kind" = 'REPLACE') = ("replacement_id" IS NOT NULL)),
  ADD CONSTRAINT "invocation_correction_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Re-rating: what is asked, how far it is, what it changes, and every rating it replaced.
CREATE TABLE "rerating" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "range_from" DATE NOT NULL,
    "range_to" DATE NOT NULL,
    "filter" JSONB,
    "what_if" JSONB,
    "config_version" INTEGER,
    "events_total" BIGINT,
    "events_done" BIGINT NOT NULL DEFAULT 0,
    "events_changed" BIGINT NOT NULL DEFAULT 0,
    "cursor_at" TIMESTAMPTZ(6),
    "cursor_id" TEXT,
    "reason" TEXT,
    "error" TEXT,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(6),
    "previewed_at" TIMESTAMPTZ(6),
    "applied_by" TEXT,
    "apply_started_at" TIMESTAMPTZ(6),
    "applied_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rerating_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "rerating_tenant_id_requested_at_idx" ON "rerating"("tenant_id", "requested_at");
ALTER TABLE "rerating"
  ADD CONSTRAINT "rerating_kind_known" CHECK ("kind" IN ('RERATING', 'SIMULATION')),
  ADD CONSTRAINT "rerating_state_known" CHECK ("state" IN
    ('PREVIEW_QUEUED', 'PREVIEWING', 'PREVIEWED', 'APPLY_QUEUED', 'APPLYING', 'APPLIED', 'STALE', 'FAILED')),
  ADD CONSTRAINT "rerating_range_not_empty" CHECK ("range_to" > "range_from"),
  ADD CONSTRAINT "rerating_applied_has_reason" CHECK ("applied_by" IS NULL OR "reason" IS NOT NULL),
  ADD CONSTRAINT "rerating_simulation_is_never_applied" CHECK ("kind" = 'RERATING' OR "applied_by" IS NULL),
  ADD CONSTRAINT "rerating_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "rerating_difference" (
    "tenant_id" UUID NOT NULL,
    "rerating_id" UUID NOT NULL,
    "dimension" TEXT NOT NULL,
    "member_id" UUID NOT NULL,
    "invocations" BIGINT NOT NULL,
    "changed" BIGINT NOT NULL,
    "cost_before" DECIMAL(38,18) NOT NULL,
    "cost_after" DECIMAL(38,18) NOT NULL,
    "unpriced_before" BIGINT NOT NULL,
    "unpriced_after" BIGINT NOT NULL,
    "unconverted_before" BIGINT NOT NULL,
    "unconverted_after" BIGINT NOT NULL,

    CONSTRAINT "rerating_difference_pkey" PRIMARY KEY ("tenant_id", "rerating_id", "dimension", "member_id")
);
ALTER TABLE "rerating_difference"
  ADD CONSTRAINT "rerating_difference_dimension_known" CHECK ("dimension" IN ('FLEET', 'AGENT', 'CLIENT', 'RESOURCE')),
  ADD CONSTRAINT "rerating_difference_tenant_id_rerating_id_fkey" FOREIGN KEY ("tenant_id", "rerating_id")
    REFERENCES "rerating"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- The rating that a re-rating took the place of; the event itself holds the one that counts.
CREATE TABLE "superseded_rating" (
    "tenant_id" UUID NOT NULL,
    "invocation_id" TEXT NOT NULL,
    "rerating_id" UUID NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "superseded_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "status" TEXT NOT NULL,
    "cost" DECIMAL(38,18),
    "cost_basis" TEXT NOT NULL,
    "reported_fx_rate" DECIMAL(38,18),
    "meters" TEXT[],
    "quantities" DECIMAL(38,6)[],
    "rate_ids" UUID[],
    "amounts" DECIMAL(38,18)[],
    "fx_rates" DECIMAL(38,18)[],

    CONSTRAINT "superseded_rating_pkey" PRIMARY KEY ("tenant_id", "invocation_id", "rerating_id")
);

-- How much a month has used of a graduated price, by UTC bucket: a late event finds its place without reading the month.
CREATE TABLE "graduated_usage" (
    "tenant_id" UUID NOT NULL,
    "ladder" UUID NOT NULL,
    "bucket" TIMESTAMPTZ(6) NOT NULL,
    "quantity" DECIMAL(38,6) NOT NULL,

    CONSTRAINT "graduated_usage_pkey" PRIMARY KEY ("tenant_id", "ladder", "bucket")
);

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['invocation_correction', 'rerating', 'rerating_difference', 'superseded_rating', 'graduated_usage']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY "tenant_isolation" ON %I TO outlay_app USING ("tenant_id" = current_setting(''app.tenant_id'')::uuid) '
      || 'WITH CHECK ("tenant_id" = current_setting(''app.tenant_id'')::uuid)', t);
  END LOOP;
END $$;

-- What was corrected or replaced stays: no UPDATE, no DELETE. Of an event, the lines of its rating may be rewritten; what was consumed
-- stays the same sum by meter. A carrier that is voided hands the shared use on, or ends it.
GRANT SELECT, INSERT ON "invocation_correction", "superseded_rating" TO outlay_app;
GRANT SELECT, INSERT, UPDATE ON "rerating" TO outlay_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON "rerating_difference", "graduated_usage" TO outlay_app;
GRANT UPDATE ("meters", "quantities", "ladders", "cost_basis", "reported_fx_rate") ON "invocation" TO outlay_app;
GRANT UPDATE, DELETE ON "shared_use" TO outlay_app;
GRANT DELETE ON "task_agent" TO outlay_app;
GRANT UPDATE ON "rate_card" TO outlay_app;
GRANT DELETE ON "rate" TO outlay_app;
GRANT DELETE ON "rate_card" TO outlay_app;
-- Only what was never published can go.
CREATE POLICY "only_drafts_go" ON "rate" AS RESTRICTIVE FOR DELETE TO outlay_app USING ("state" = 'DRAFT');
CREATE POLICY "only_drafts_go" ON "rate_card" AS RESTRICTIVE FOR DELETE TO outlay_app USING ("status" = 'DRAFT');
