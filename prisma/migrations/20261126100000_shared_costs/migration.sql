-- Shared costs: pools and their policies, allocation runs, what they come to by task, client and agent, and months that are closed.

-- Pools -----------------------------------------------------------------------------------------------------------------
CREATE TABLE "cost_pool" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "recurrence" TEXT NOT NULL,
    "first_month" DATE NOT NULL,
    "last_month" DATE,
    "currency" CHAR(3) NOT NULL,
    "resource_provider" TEXT,
    "resource_name" TEXT,
    "capacity" DECIMAL(38,6),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_by" TEXT,

    CONSTRAINT "cost_pool_pkey" PRIMARY KEY ("tenant_id", "id")
);
ALTER TABLE "cost_pool"
  ADD CONSTRAINT "cost_pool_category_known" CHECK ("category" IN
    ('VECTOR_DATABASE', 'EMBEDDING', 'TOOL_SUBSCRIPTION', 'ORCHESTRATION', 'MONITORING', 'OTHER')),
  ADD CONSTRAINT "cost_pool_recurrence_known" CHECK ("recurrence" IN ('ONCE', 'MONTHLY')),
  ADD CONSTRAINT "cost_pool_once_is_one_month" CHECK ("recurrence" = 'MONTHLY' OR ("last_month" IS NOT NULL AND "last_month" = "first_month")),
  ADD CONSTRAINT "cost_pool_months_are_months" CHECK (
    date_trunc('month', "first_month"::timestamp) = "first_month" AND ("last_month" IS NULL OR date_trunc('month', "last_month"::timestamp) = "last_month")),
  ADD CONSTRAINT "cost_pool_ends_after_it_begins" CHECK ("last_month" IS NULL OR "last_month" >= "first_month"),
  ADD CONSTRAINT "cost_pool_capacity_positive" CHECK ("capacity" > 0),
  -- A pool that is entered twice is money that is allocated twice.
  ADD CONSTRAINT "cost_pool_name_once_a_month" EXCLUDE USING gist (
    "tenant_id" WITH =, "name" WITH =, daterange("first_month", "last_month", '[]') WITH &&),
  ADD CONSTRAINT "cost_pool_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What a pool comes to from a month on, until the next such month; of one month, the last revision counts. Credits are below zero.
CREATE TABLE "cost_pool_amount" (
    "tenant_id" UUID NOT NULL,
    "pool_id" UUID NOT NULL,
    "from_month" DATE NOT NULL,
    "revision" INTEGER NOT NULL,
    "amount" DECIMAL(38,18) NOT NULL,
    "note" TEXT,
    "set_by" TEXT NOT NULL,
    "set_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cost_pool_amount_pkey" PRIMARY KEY ("tenant_id", "pool_id", "from_month", "revision")
);
ALTER TABLE "cost_pool_amount"
  ADD CONSTRAINT "cost_pool_amount_month_is_month" CHECK (date_trunc('month', "from_month"::timestamp) = "from_month"),
  ADD CONSTRAINT "cost_pool_amount_tenant_id_pool_id_fkey" FOREIGN KEY ("tenant_id", "pool_id")
    REFERENCES "cost_pool"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Policies --------------------------------------------------------------------------------------------------------------
-- How a pool is split, from a month on: of the approved versions that have begun, the one that began last, and of those the highest.
CREATE TABLE "allocation_policy" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "pool_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "effective_from" DATE NOT NULL,
    "method" TEXT NOT NULL,
    "basis" TEXT,
    "rate" DECIMAL(38,18),
    "scope" UUID[],
    "fallback" TEXT[],
    "idle" TEXT NOT NULL DEFAULT 'HELD',
    "multipliers" JSONB NOT NULL DEFAULT '[]',
    "exemptions" JSONB NOT NULL DEFAULT '[]',
    "feeds" JSONB NOT NULL DEFAULT '[]',
    "note" TEXT,
    "review_due_on" DATE NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "proposed_at" TIMESTAMPTZ(6),
    "approved_by" TEXT,
    "approved_at" TIMESTAMPTZ(6),
    "override_reason" TEXT,

    CONSTRAINT "allocation_policy_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "allocation_policy_version_unique" ON "allocation_policy"("tenant_id", "pool_id", "version");
ALTER TABLE "allocation_policy"
  ADD CONSTRAINT "allocation_policy_state_known" CHECK ("state" IN ('DRAFT', 'PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN')),
  ADD CONSTRAINT "allocation_policy_month_is_month" CHECK (date_trunc('month', "effective_from"::timestamp) = "effective_from"),
  ADD CONSTRAINT "allocation_policy_method_known" CHECK ("method" IN ('EQUAL', 'USAGE', 'REVENUE', 'OVERHEAD_RATE')),
  ADD CONSTRAINT "allocation_policy_usage_has_basis" CHECK (
    ("method" = 'USAGE') = ("basis" IS NOT NULL) AND ("basis" IS NULL OR "basis" IN ('INVOCATIONS', 'TOKENS', 'COMPUTE_TIME', 'RESOURCE_USES'))),
  ADD CONSTRAINT "allocation_policy_overhead_has_rate" CHECK (("method" = 'OVERHEAD_RATE') = ("rate" IS NOT NULL)),
  ADD CONSTRAINT "allocation_policy_rate_not_negative" CHECK ("rate" >= 0),
  ADD CONSTRAINT "allocation_policy_idle_known" CHECK ("idle" IN ('HELD', 'SHARED')),
  ADD CONSTRAINT "allocation_policy_fallback_known" CHECK ("fallback" <@ ARRAY['PRIOR_PERIOD', 'EQUAL', 'HOLD']::text[]),
  ADD CONSTRAINT "allocation_policy_approved_has_approver" CHECK (("state" = 'APPROVED') = ("approved_by" IS NOT NULL AND "approved_at" IS NOT NULL)),
  -- Four eyes, or an owner's reason in writing.
  ADD CONSTRAINT "allocation_policy_four_eyes" CHECK ("approved_by" IS NULL OR "approved_by" <> "created_by" OR "override_reason" IS NOT NULL),
  ADD CONSTRAINT "allocation_policy_tenant_id_pool_id_fkey" FOREIGN KEY ("tenant_id", "pool_id")
    REFERENCES "cost_pool"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

CREATE TABLE "allocation_policy_event" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "policy_id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "reason" TEXT,
    "acted_by" TEXT NOT NULL,
    "acted_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "allocation_policy_event_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "allocation_policy_event_policy_idx" ON "allocation_policy_event"("tenant_id", "policy_id");
ALTER TABLE "allocation_policy_event"
  ADD CONSTRAINT "allocation_policy_event_action_known" CHECK ("action" IN
    ('CREATED', 'CHANGED', 'PROPOSED', 'APPROVED', 'OVERRIDDEN', 'REJECTED', 'WITHDRAWN', 'REVIEWED')),
  ADD CONSTRAINT "allocation_policy_event_tenant_id_policy_id_fkey" FOREIGN KEY ("tenant_id", "policy_id")
    REFERENCES "allocation_policy"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Runs ------------------------------------------------------------------------------------------------------------------
-- A job runs the pools of a month; its row is its state and its outbox. `snapshot` is set once, when it first starts.
CREATE TABLE "allocation_job" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "pool_ids" UUID[],
    "cause" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "snapshot" TIMESTAMPTZ(6),
    "error" TEXT,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(6),
    "done_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "allocation_job_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "allocation_job_month_idx" ON "allocation_job"("tenant_id", "month", "requested_at");
ALTER TABLE "allocation_job"
  ADD CONSTRAINT "allocation_job_cause_known" CHECK ("cause" IN ('REQUESTED', 'SCHEDULED', 'LATE_EVENTS')),
  ADD CONSTRAINT "allocation_job_state_known" CHECK ("state" IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED')),
  ADD CONSTRAINT "allocation_job_month_is_month" CHECK (date_trunc('month', "month"::timestamp) = "month"),
  ADD CONSTRAINT "allocation_job_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- One pool, one month, one result; never edited: a newer run takes its place. Amounts in the reporting currency.
CREATE TABLE "allocation_run" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "pool_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "policy_id" UUID NOT NULL,
    "method" TEXT NOT NULL,
    "basis" TEXT,
    "state" TEXT NOT NULL,
    "pool_amount" DECIMAL(38,18) NOT NULL,
    "fx_rate" DECIMAL(38,18),
    "received" DECIMAL(38,18) NOT NULL,
    "passed_on" DECIMAL(38,18) NOT NULL,
    "total" DECIMAL(38,18) NOT NULL,
    "allocated" DECIMAL(38,18) NOT NULL,
    "unallocated" DECIMAL(38,18) NOT NULL,
    "idle" DECIMAL(38,18) NOT NULL,
    "under_absorbed" DECIMAL(38,18) NOT NULL,
    "fallback" TEXT,
    "feeds" JSONB NOT NULL DEFAULT '[]',
    "inputs_hash" TEXT NOT NULL,
    "snapshot" TIMESTAMPTZ(6) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "superseded_at" TIMESTAMPTZ(6),
    "superseded_by" UUID,

    CONSTRAINT "allocation_run_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "allocation_run_one_current" ON "allocation_run"("tenant_id", "month", "pool_id") WHERE "state" = 'CURRENT';
CREATE UNIQUE INDEX "allocation_run_once_a_job" ON "allocation_run"("tenant_id", "job_id", "pool_id");
CREATE INDEX "allocation_run_month_idx" ON "allocation_run"("tenant_id", "month", "pool_id");
ALTER TABLE "allocation_run"
  ADD CONSTRAINT "allocation_run_state_known" CHECK ("state" IN ('CURRENT', 'SUPERSEDED')),
  ADD CONSTRAINT "allocation_run_superseded_has_successor" CHECK (("state" = 'SUPERSEDED') = ("superseded_at" IS NOT NULL)),
  ADD CONSTRAINT "allocation_run_fallback_known" CHECK ("fallback" IN ('PRIOR_PERIOD', 'EQUAL', 'HOLD')),
  -- Laws L15 and L16: no penny of a pool is lost, whatever the method.
  ADD CONSTRAINT "allocation_run_conserves" CHECK (
    "total" = "pool_amount" + "received" - "passed_on" AND "total" = "allocated" + "unallocated" + "under_absorbed"),
  ADD CONSTRAINT "allocation_run_only_overhead_absorbs" CHECK ("method" = 'OVERHEAD_RATE' OR "under_absorbed" = 0),
  ADD CONSTRAINT "allocation_run_tenant_id_job_id_fkey" FOREIGN KEY ("tenant_id", "job_id")
    REFERENCES "allocation_job"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "allocation_run_tenant_id_pool_id_fkey" FOREIGN KEY ("tenant_id", "pool_id")
    REFERENCES "cost_pool"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "allocation_run_tenant_id_policy_id_fkey" FOREIGN KEY ("tenant_id", "policy_id")
    REFERENCES "allocation_policy"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- An agent's share of a run, and where it went: parallel arrays, one place (task, client, project) an element; the nil uuid is none.
-- Arrays keep a run of a large month to hundreds of rows where the places would be hundreds of thousands.
CREATE TABLE "allocation_share" (
    "tenant_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "weight" DECIMAL(38,18) NOT NULL,
    "amount" DECIMAL(38,18) NOT NULL,
    "task_ids" UUID[],
    "client_ids" UUID[],
    "project_ids" UUID[],
    "amounts" DECIMAL(38,18)[],

    CONSTRAINT "allocation_share_pkey" PRIMARY KEY ("tenant_id", "run_id", "agent_id")
);
ALTER TABLE "allocation_share"
  ADD CONSTRAINT "allocation_share_weight_not_negative" CHECK ("weight" >= 0),
  ADD CONSTRAINT "allocation_share_places_parallel" CHECK (
    cardinality("task_ids") = cardinality("amounts") AND cardinality("client_ids") = cardinality("amounts")
    AND cardinality("project_ids") = cardinality("amounts")),
  ADD CONSTRAINT "allocation_share_tenant_id_run_id_fkey" FOREIGN KEY ("tenant_id", "run_id")
    REFERENCES "allocation_run"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What the current runs of a month come to: by place, and by the dimensions that dashboards read (grains as in rollup_day).
CREATE TABLE "allocated_place" (
    "tenant_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "task_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "amount" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "allocated_place_pkey" PRIMARY KEY ("tenant_id", "task_id", "month", "agent_id", "client_id", "project_id")
);
CREATE INDEX "allocated_place_month_idx" ON "allocated_place"("tenant_id", "month");
CREATE TABLE "allocated_month" (
    "tenant_id" UUID NOT NULL,
    "grain" SMALLINT NOT NULL,
    "month" DATE NOT NULL,
    "a" UUID NOT NULL,
    "b" UUID NOT NULL,
    "amount" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "allocated_month_pkey" PRIMARY KEY ("tenant_id", "grain", "month", "a", "b")
);

-- Shared uses of a range are read from their own reports.
CREATE INDEX "invocation_shared_idx" ON "invocation"("tenant_id", "occurred_at") WHERE "billing" IN ('SHARED', 'REPORT');

-- Periods ---------------------------------------------------------------------------------------------------------------
-- A month without a row is open.
CREATE TABLE "period" (
    "tenant_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "state" TEXT NOT NULL,
    "edition" INTEGER NOT NULL DEFAULT 0,
    "changed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reopening_requested_by" TEXT,
    "reopening_requested_at" TIMESTAMPTZ(6),
    "reopening_reason" TEXT,

    CONSTRAINT "period_pkey" PRIMARY KEY ("tenant_id", "month")
);
ALTER TABLE "period"
  ADD CONSTRAINT "period_state_known" CHECK ("state" IN ('OPEN', 'SOFT_CLOSED', 'CLOSED')),
  ADD CONSTRAINT "period_month_is_month" CHECK (date_trunc('month', "month"::timestamp) = "month"),
  ADD CONSTRAINT "period_closed_has_edition" CHECK ("state" <> 'CLOSED' OR "edition" > 0),
  ADD CONSTRAINT "period_reopening_is_of_closed" CHECK ("reopening_requested_by" IS NULL OR ("state" = 'CLOSED' AND "reopening_reason" IS NOT NULL)),
  ADD CONSTRAINT "period_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "period_event" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "action" TEXT NOT NULL,
    "reason" TEXT,
    "details" JSONB,
    "acted_by" TEXT NOT NULL,
    "acted_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "period_event_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "period_event_month_idx" ON "period_event"("tenant_id", "month");
ALTER TABLE "period_event"
  ADD CONSTRAINT "period_event_action_known" CHECK ("action" IN
    ('SOFT_CLOSED', 'OPENED', 'CLOSED', 'REOPENING_REQUESTED', 'REOPENING_DECLINED', 'REOPENED')),
  ADD CONSTRAINT "period_event_tenant_id_month_fkey" FOREIGN KEY ("tenant_id", "month")
    REFERENCES "period"("tenant_id", "month") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- An edition of a closed month: written once. `content` are the totals, checks and runs; `bridge` leads from the edition before.
CREATE TABLE "period_snapshot" (
    "tenant_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "edition" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "bridge" JSONB,
    "closed_by" TEXT NOT NULL,
    "closed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "period_snapshot_pkey" PRIMARY KEY ("tenant_id", "month", "edition")
);
ALTER TABLE "period_snapshot"
  ADD CONSTRAINT "period_snapshot_tenant_id_month_fkey" FOREIGN KEY ("tenant_id", "month")
    REFERENCES "period"("tenant_id", "month") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- The rows of an edition: what one member of a dimension came to; the nil uuid is the named remainder, and the fleet.
CREATE TABLE "period_snapshot_row" (
    "tenant_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "edition" INTEGER NOT NULL,
    "dimension" TEXT NOT NULL,
    "member_id" UUID NOT NULL,
    "cost_direct" DECIMAL(38,18) NOT NULL,
    "cost_shared" DECIMAL(38,18) NOT NULL,
    "cost_allocated" DECIMAL(38,18) NOT NULL,
    "revenue" DECIMAL(38,18),
    "invocations" BIGINT NOT NULL,
    "tokens" DECIMAL(38,6) NOT NULL,
    "unpriced" BIGINT NOT NULL,
    "unconverted" BIGINT NOT NULL,

    CONSTRAINT "period_snapshot_row_pkey" PRIMARY KEY ("tenant_id", "month", "edition", "dimension", "member_id")
);
ALTER TABLE "period_snapshot_row"
  ADD CONSTRAINT "period_snapshot_row_dimension_known" CHECK ("dimension" IN ('FLEET', 'AGENT', 'CLIENT', 'PROJECT', 'TASK')),
  ADD CONSTRAINT "period_snapshot_row_tenant_id_month_edition_fkey" FOREIGN KEY ("tenant_id", "month", "edition")
    REFERENCES "period_snapshot"("tenant_id", "month", "edition") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What happened to a closed month afterwards: taken from the day it was used on and counted on the day it was posted, by exactly these
-- measures (law L23). A row whose month was reopened has gone home: `returned_at`.
CREATE TABLE "period_correction" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "cause" TEXT NOT NULL,
    "reference" TEXT,
    "usage_bucket" TIMESTAMPTZ(6) NOT NULL,
    "usage_day" DATE NOT NULL,
    "posted_bucket" TIMESTAMPTZ(6) NOT NULL,
    "posted_day" DATE NOT NULL,
    "agent_id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "task_id" UUID NOT NULL,
    "resource_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "cost_direct" DECIMAL(38,18) NOT NULL,
    "cost_shared" DECIMAL(38,18) NOT NULL,
    "invocations" BIGINT NOT NULL,
    "tokens" DECIMAL(38,6) NOT NULL,
    "unpriced" BIGINT NOT NULL,
    "unconverted" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "returned_at" TIMESTAMPTZ(6),

    CONSTRAINT "period_correction_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "period_correction_usage_idx" ON "period_correction"("tenant_id", "usage_day");
CREATE INDEX "period_correction_posted_idx" ON "period_correction"("tenant_id", "posted_day");
ALTER TABLE "period_correction"
  ADD CONSTRAINT "period_correction_cause_known" CHECK ("cause" IN ('LATE_EVENT', 'RERATING', 'CORRECTION', 'TASK_MOVED')),
  ADD CONSTRAINT "period_correction_kind_known" CHECK ("kind" IN ('MODEL', 'EMBEDDING', 'TOOL', 'RETRIEVAL', 'AGENT', 'OTHER')),
  ADD CONSTRAINT "period_correction_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Tenancy and grants: facts are append-only by the absence of grants ---------------------------------------------------------
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['cost_pool', 'cost_pool_amount', 'allocation_policy', 'allocation_policy_event', 'allocation_job',
    'allocation_run', 'allocation_share', 'allocated_place', 'allocated_month', 'period', 'period_event', 'period_snapshot',
    'period_snapshot_row', 'period_correction']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY "tenant_isolation" ON %I TO outlay_app USING ("tenant_id" = current_setting(''app.tenant_id'')::uuid) '
      || 'WITH CHECK ("tenant_id" = current_setting(''app.tenant_id'')::uuid)', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON "cost_pool", "cost_pool_amount", "allocation_policy_event", "allocation_run", "allocation_share", "period_event",
  "period_snapshot", "period_snapshot_row", "period_correction" TO outlay_app;
GRANT UPDATE ("last_month", "ended_by") ON "cost_pool" TO outlay_app;
GRANT UPDATE ("state", "superseded_at", "superseded_by") ON "allocation_run" TO outlay_app;
GRANT UPDATE ("returned_at") ON "period_correction" TO outlay_app;
GRANT SELECT, INSERT, UPDATE ON "allocation_policy", "allocation_job", "period" TO outlay_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON "allocated_place", "allocated_month" TO outlay_app;
