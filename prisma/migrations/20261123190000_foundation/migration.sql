-- Tables, as schema.prisma says.
CREATE TABLE "tenant" (
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "time_zone" TEXT NOT NULL,
    "config_version" INTEGER NOT NULL DEFAULT 1,
    "use_reported_cost" BOOLEAN NOT NULL DEFAULT false,
    "is_demo" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenant_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "app_user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_user_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(6),
    "refresh_token_expires_at" TIMESTAMPTZ(6),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "membership" (
    "tenant_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "client_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("tenant_id", "user_id")
);

CREATE TABLE "api_key" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("tenant_id", "id")
);

CREATE TABLE "agent" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "agent_pkey" PRIMARY KEY ("tenant_id", "id")
);

CREATE TABLE "client" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "client_pkey" PRIMARY KEY ("tenant_id", "id")
);

CREATE TABLE "project" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "client_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "project_pkey" PRIMARY KEY ("tenant_id", "id")
);

CREATE TABLE "task" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'OPEN',
    "client_id" UUID,
    "project_id" UUID,
    "billed_amount" DECIMAL(38,18),
    "billed_currency" CHAR(3),
    "completed_at" TIMESTAMPTZ(6),
    "completed_on" DATE,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "task_pkey" PRIMARY KEY ("tenant_id", "id")
);

CREATE TABLE "resource" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "resource_pkey" PRIMARY KEY ("tenant_id", "id")
);

CREATE TABLE "rate_card" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rate_card_pkey" PRIMARY KEY ("tenant_id", "id")
);

CREATE TABLE "rate" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "card_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "price" DECIMAL(38,18) NOT NULL,
    "per" DECIMAL(38,18) NOT NULL,
    "unit_price" DECIMAL(38,12) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "effective_from" TIMESTAMPTZ(6) NOT NULL,
    "effective_to" TIMESTAMPTZ(6),
    "above_prompt_tokens" BIGINT,
    "qualifiers" JSONB,
    "qualifiers_key" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rate_pkey" PRIMARY KEY ("tenant_id", "id")
);

CREATE TABLE "catalogue_version" (
    "version" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "imported_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "catalogue_version_pkey" PRIMARY KEY ("version")
);

CREATE TABLE "catalogue_rate" (
    "id" UUID NOT NULL,
    "version" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "price" DECIMAL(38,18) NOT NULL,
    "per" DECIMAL(38,18) NOT NULL,
    "unit_price" DECIMAL(38,12) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "effective_from" TIMESTAMPTZ(6),
    "effective_to" TIMESTAMPTZ(6),
    "above_prompt_tokens" BIGINT,

    CONSTRAINT "catalogue_rate_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "fx_rate" (
    "tenant_id" UUID NOT NULL,
    "base" CHAR(3) NOT NULL,
    "quote" CHAR(3) NOT NULL,
    "date" DATE NOT NULL,
    "rate" DECIMAL(38,18) NOT NULL,
    "source" TEXT NOT NULL,

    CONSTRAINT "fx_rate_pkey" PRIMARY KEY ("tenant_id", "base", "quote", "date")
);

CREATE TABLE "invocation" (
    "tenant_id" UUID NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "id" TEXT NOT NULL,
    "ended_at" TIMESTAMPTZ(6),
    "ingested_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "agent_id" UUID,
    "client_id" UUID,
    "project_id" UUID,
    "task_id" UUID,
    "resource_id" UUID,
    "trace_id" TEXT,
    "span_id" TEXT,
    "parent_span_id" TEXT,
    "kind" TEXT NOT NULL,
    "billing" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "name" TEXT,
    "shared_key" TEXT,
    "meters" TEXT[],
    "quantities" DECIMAL(38,6)[],
    "rate_ids" UUID[],
    "amounts" DECIMAL(38,18)[],
    "fx_rates" DECIMAL(38,18)[],
    "cost" DECIMAL(38,18),
    "reported_amount" DECIMAL(38,18),
    "reported_currency" CHAR(3),
    "qualifiers" JSONB,
    "raw" JSONB,

    CONSTRAINT "invocation_pkey" PRIMARY KEY ("tenant_id", "occurred_at", "id")
) PARTITION BY RANGE ("occurred_at");

CREATE TABLE "invocation_key" (
    "tenant_id" UUID NOT NULL,
    "id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "content_hash" UUID NOT NULL,

    CONSTRAINT "invocation_key_pkey" PRIMARY KEY ("tenant_id", "id")
);

CREATE TABLE "shared_use" (
    "tenant_id" UUID NOT NULL,
    "trace_id" TEXT NOT NULL,
    "shared_key" TEXT NOT NULL,
    "invocation_id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "shared_use_pkey" PRIMARY KEY ("tenant_id", "trace_id", "shared_key")
);

CREATE TABLE "task_agent" (
    "tenant_id" UUID NOT NULL,
    "task_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,

    CONSTRAINT "task_agent_pkey" PRIMARY KEY ("tenant_id", "task_id", "agent_id")
);

CREATE TABLE "rollup_fine" (
    "tenant_id" UUID NOT NULL,
    "bucket" TIMESTAMPTZ(6) NOT NULL,
    "agent_id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "resource_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "cost_direct" DECIMAL(38,18) NOT NULL,
    "cost_shared" DECIMAL(38,18) NOT NULL,
    "invocations" BIGINT NOT NULL,
    "tokens" DECIMAL(38,6) NOT NULL,
    "unpriced" BIGINT NOT NULL,
    "unconverted" BIGINT NOT NULL,

    CONSTRAINT "rollup_fine_pkey" PRIMARY KEY ("tenant_id", "bucket", "agent_id", "client_id", "project_id", "resource_id", "kind")
);

CREATE TABLE "rollup_day" (
    "tenant_id" UUID NOT NULL,
    "grain" SMALLINT NOT NULL,
    "day" DATE NOT NULL,
    "a" UUID NOT NULL,
    "b" UUID NOT NULL,
    "cost_direct" DECIMAL(38,18) NOT NULL,
    "cost_shared" DECIMAL(38,18) NOT NULL,
    "invocations" BIGINT NOT NULL,
    "tokens" DECIMAL(38,6) NOT NULL,
    "unpriced" BIGINT NOT NULL,
    "unconverted" BIGINT NOT NULL,

    CONSTRAINT "rollup_day_pkey" PRIMARY KEY ("tenant_id", "grain", "day", "a", "b")
);

CREATE TABLE "rollup_task" (
    "tenant_id" UUID NOT NULL,
    "task_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "agent_id" UUID NOT NULL,
    "cost_direct" DECIMAL(38,18) NOT NULL,
    "cost_shared" DECIMAL(38,18) NOT NULL,
    "invocations" BIGINT NOT NULL,
    "tokens" DECIMAL(38,6) NOT NULL,
    "unpriced" BIGINT NOT NULL,
    "unconverted" BIGINT NOT NULL,

    CONSTRAINT "rollup_task_pkey" PRIMARY KEY ("tenant_id", "task_id", "day", "agent_id")
);

CREATE TABLE "completed_cell" (
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "agent_id" UUID NOT NULL,
    "tasks" BIGINT NOT NULL,

    CONSTRAINT "completed_cell_pkey" PRIMARY KEY ("tenant_id", "day", "agent_id")
);

-- Indexes
CREATE UNIQUE INDEX "tenant_key_unique" ON "tenant"("key");
CREATE UNIQUE INDEX "app_user_email_unique" ON "app_user"("email");
CREATE UNIQUE INDEX "session_token_unique" ON "session"("token");
CREATE INDEX "session_user_id_idx" ON "session"("user_id");
CREATE INDEX "account_user_id_idx" ON "account"("user_id");
CREATE INDEX "verification_identifier_idx" ON "verification"("identifier");
CREATE INDEX "membership_user_id_idx" ON "membership"("user_id");
CREATE UNIQUE INDEX "api_key_hash_unique" ON "api_key"("hash");
CREATE UNIQUE INDEX "agent_key_unique" ON "agent"("tenant_id", "key");
CREATE UNIQUE INDEX "client_key_unique" ON "client"("tenant_id", "key");
CREATE UNIQUE INDEX "project_key_unique" ON "project"("tenant_id", "key");
CREATE UNIQUE INDEX "task_key_unique" ON "task"("tenant_id", "key");
CREATE INDEX "task_tenant_id_client_id_idx" ON "task"("tenant_id", "client_id");
CREATE INDEX "task_tenant_id_completed_on_idx" ON "task"("tenant_id", "completed_on");
CREATE UNIQUE INDEX "resource_name_unique" ON "resource"("tenant_id", "provider", "name");
CREATE UNIQUE INDEX "rate_card_version_unique" ON "rate_card"("tenant_id", "provider", "version");
CREATE INDEX "rate_tenant_id_card_id_idx" ON "rate"("tenant_id", "card_id");
CREATE INDEX "rollup_task_tenant_id_day_task_id_idx" ON "rollup_task"("tenant_id", "day", "task_id");

-- Foreign keys, tenant first
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "membership" ADD CONSTRAINT "membership_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "membership" ADD CONSTRAINT "membership_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id") REFERENCES "client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "agent" ADD CONSTRAINT "agent_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "client" ADD CONSTRAINT "client_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "project" ADD CONSTRAINT "project_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "project" ADD CONSTRAINT "project_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id") REFERENCES "client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "task" ADD CONSTRAINT "task_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "task" ADD CONSTRAINT "task_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id") REFERENCES "client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "task" ADD CONSTRAINT "task_tenant_id_project_id_fkey" FOREIGN KEY ("tenant_id", "project_id") REFERENCES "project"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "resource" ADD CONSTRAINT "resource_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "rate_card" ADD CONSTRAINT "rate_card_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "rate" ADD CONSTRAINT "rate_tenant_id_card_id_fkey" FOREIGN KEY ("tenant_id", "card_id") REFERENCES "rate_card"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "fx_rate" ADD CONSTRAINT "fx_rate_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What schema.prisma cannot say ---------------------------------------------------------------------------------------

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- A trace or a task is read from its own invocations; unpriced usage from its own small index.
CREATE INDEX "invocation_trace_idx" ON "invocation"("tenant_id", "trace_id") WHERE "trace_id" IS NOT NULL;
CREATE INDEX "invocation_task_idx" ON "invocation"("tenant_id", "task_id") WHERE "task_id" IS NOT NULL;
CREATE INDEX "invocation_unpriced_idx" ON "invocation"("tenant_id", "occurred_at") WHERE "status" = 'UNPRICED';

-- Named facts that no code path may break.
ALTER TABLE "tenant"
  ADD CONSTRAINT "tenant_currency_is_iso" CHECK ("currency" ~ '^[A-Z]{3}$');
ALTER TABLE "membership"
  ADD CONSTRAINT "membership_role_known" CHECK ("role" IN ('OWNER', 'ADMIN', 'FINANCE', 'PROJECT_MANAGER', 'VIEWER', 'CLIENT')),
  ADD CONSTRAINT "membership_client_role_has_client" CHECK (("role" = 'CLIENT') = ("client_id" IS NOT NULL));
ALTER TABLE "task"
  ADD CONSTRAINT "task_status_known" CHECK ("status" IN ('OPEN', 'COMPLETED', 'FAILED', 'CANCELLED')),
  ADD CONSTRAINT "task_completed_has_day" CHECK (("status" = 'COMPLETED') = ("completed_on" IS NOT NULL)),
  ADD CONSTRAINT "task_billed_has_currency" CHECK (("billed_amount" IS NULL) = ("billed_currency" IS NULL));
ALTER TABLE "rate"
  ADD CONSTRAINT "rate_price_not_negative" CHECK ("price" >= 0 AND "unit_price" >= 0),
  ADD CONSTRAINT "rate_per_positive" CHECK ("per" > 0),
  ADD CONSTRAINT "rate_period_not_empty" CHECK ("effective_to" IS NULL OR "effective_to" > "effective_from"),
  ADD CONSTRAINT "rate_no_overlap" EXCLUDE USING gist (
    "tenant_id" WITH =, "provider" WITH =, "resource" WITH =, "meter" WITH =,
    (COALESCE("above_prompt_tokens", -1)) WITH =, "qualifiers_key" WITH =,
    tstzrange("effective_from", "effective_to", '[)') WITH &&);
ALTER TABLE "fx_rate"
  ADD CONSTRAINT "fx_rate_positive" CHECK ("rate" > 0),
  ADD CONSTRAINT "fx_rate_two_currencies" CHECK ("base" <> "quote");
ALTER TABLE "invocation"
  ADD CONSTRAINT "invocation_usage_not_negative" CHECK (0 <= ALL ("quantities")),
  ADD CONSTRAINT "invocation_lines_parallel" CHECK (
    cardinality("meters") = cardinality("quantities") AND cardinality("meters") = cardinality("rate_ids")
    AND cardinality("meters") = cardinality("amounts")),
  ADD CONSTRAINT "invocation_kind_known" CHECK ("kind" IN ('MODEL', 'EMBEDDING', 'TOOL', 'RETRIEVAL', 'AGENT', 'OTHER')),
  ADD CONSTRAINT "invocation_billing_known" CHECK ("billing" IN ('DIRECT', 'SHARED', 'REPORT', 'CLAIMED', 'WRAPPER')),
  ADD CONSTRAINT "invocation_cost_known_iff_rated" CHECK (("status" = 'RATED') = ("cost" IS NOT NULL)),
  ADD CONSTRAINT "invocation_status_known" CHECK ("status" IN ('RATED', 'UNPRICED', 'UNCONVERTED'));

-- Roles. They are NOLOGIN here; the installation gives them a password (prisma/src/tenancy). outlay_app serves requests
-- and jobs inside one tenant; outlay_auth only finds out who is asking.
DO $$ BEGIN CREATE ROLE outlay_app NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE outlay_auth NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO outlay_app, outlay_auth;

-- Row-level security, forced, on every table of a tenant. The setting is made by SET LOCAL in the transaction of the
-- query; without it the cast of '' fails, so a forgotten context is an error and never another tenant's rows.
ALTER TABLE "tenant" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "tenant" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "tenant" TO outlay_app
  USING ("id" = current_setting('app.tenant_id')::uuid) WITH CHECK ("id" = current_setting('app.tenant_id')::uuid);
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['membership', 'api_key', 'agent', 'client', 'project', 'task', 'resource', 'rate_card', 'rate',
    'fx_rate', 'invocation', 'invocation_key', 'shared_use', 'task_agent', 'rollup_fine', 'rollup_day', 'rollup_task', 'completed_cell']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY "tenant_isolation" ON %I TO outlay_app USING ("tenant_id" = current_setting(''app.tenant_id'')::uuid) '
      || 'WITH CHECK ("tenant_id" = current_setting(''app.tenant_id'')::uuid)', t);
  END LOOP;
END $$;

-- Before a tenant is known, outlay_auth may look up a key by its hash and a person's memberships: these columns only.
CREATE POLICY "auth_lookup" ON "api_key" FOR SELECT TO outlay_auth USING (true);
CREATE POLICY "auth_lookup" ON "membership" FOR SELECT TO outlay_auth USING (true);
CREATE POLICY "auth_lookup" ON "tenant" FOR SELECT TO outlay_auth USING (true);
GRANT SELECT ("tenant_id", "id", "hash", "scopes", "revoked_at") ON "api_key" TO outlay_auth;
GRANT SELECT ("tenant_id", "user_id", "role", "client_id") ON "membership" TO outlay_auth;
GRANT SELECT ("id", "key", "name", "currency", "time_zone", "is_demo") ON "tenant" TO outlay_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON "app_user", "session", "account", "verification" TO outlay_auth;

-- What the application may do. Facts are append-only by the absence of grants: no DELETE on events and keys, and of an
-- event only its rating and billing may be rewritten.
GRANT SELECT, INSERT ON "invocation", "invocation_key", "shared_use", "task_agent", "rate_card", "resource" TO outlay_app;
GRANT UPDATE ("billing", "status", "cost", "rate_ids", "amounts", "fx_rates") ON "invocation" TO outlay_app;
GRANT SELECT, INSERT, UPDATE ON "tenant", "api_key", "agent", "client", "project", "task", "rate", "fx_rate" TO outlay_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON "membership", "rollup_fine", "rollup_day", "rollup_task", "completed_cell" TO outlay_app;
GRANT SELECT ON "catalogue_version", "catalogue_rate" TO outlay_app;

-- Monthly partitions are made when the first event of a month arrives. The application owns no table, so this function
-- does it for it: it can do nothing else, and its search_path is fixed.
CREATE FUNCTION ensure_invocation_partition(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  first date := date_trunc('month', month)::date;
  child text := 'invocation_' || to_char(first, 'YYYYMM');
BEGIN
  IF first < date '2015-01-01' OR first > (now() + interval '400 days')::date THEN
    RAISE EXCEPTION 'no partition outside 2015 to next year: %', first;
  END IF;
  IF to_regclass('public.' || child) IS NOT NULL THEN
    RETURN false;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('outlay.partition', 0));
  IF to_regclass('public.' || child) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE public.%I PARTITION OF public.invocation FOR VALUES FROM (%L) TO (%L)',
    child, first::text || ' 00:00:00+00', (first + interval '1 month')::date::text || ' 00:00:00+00');
  EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', child);
  EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', child);
  EXECUTE format('CREATE POLICY "tenant_isolation" ON public.%I TO outlay_app USING (tenant_id = current_setting(''app.tenant_id'')::uuid) '
    || 'WITH CHECK (tenant_id = current_setting(''app.tenant_id'')::uuid)', child);
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION ensure_invocation_partition(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_invocation_partition(date) TO outlay_app;
