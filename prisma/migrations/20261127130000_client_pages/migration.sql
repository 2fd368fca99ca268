-- Transparency pages: the links by which a client sees its own work, when they were opened, and what was asked; and the role that answers them.

-- Of a link only the hash of its secret is kept: whoever reads this table can open nothing.
CREATE TABLE "client_link" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "hash" BYTEA NOT NULL,
    "label" TEXT NOT NULL,
    "first_month" DATE NOT NULL,
    "last_month" DATE,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "revoked_by" TEXT,
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "client_link_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "client_link_hash_unique" ON "client_link"("hash");
CREATE INDEX "client_link_client_idx" ON "client_link"("tenant_id", "client_id");
ALTER TABLE "client_link"
  ADD CONSTRAINT "client_link_hash_is_sha256" CHECK (octet_length("hash") = 32),
  ADD CONSTRAINT "client_link_months_in_order" CHECK ("last_month" IS NULL OR "last_month" >= "first_month"),
  ADD CONSTRAINT "client_link_months_are_months" CHECK (
    extract(day FROM "first_month") = 1 AND ("last_month" IS NULL OR extract(day FROM "last_month") = 1)),
  ADD CONSTRAINT "client_link_expires_later" CHECK ("expires_at" > "created_at"),
  ADD CONSTRAINT "client_link_revoked_by_somebody" CHECK (("revoked_by" IS NULL) = ("revoked_at" IS NULL)),
  ADD CONSTRAINT "client_link_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id")
    REFERENCES "client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- That a link was used, and for what: no address, browser or name of whoever did.
CREATE TABLE "client_link_view" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "link_id" UUID NOT NULL,
    "what" TEXT NOT NULL,
    "viewed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "client_link_view_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "client_link_view_link_idx" ON "client_link_view"("tenant_id", "link_id", "viewed_at");
ALTER TABLE "client_link_view"
  ADD CONSTRAINT "client_link_view_what_known" CHECK ("what" IN ('PAGE', 'STATEMENT')),
  ADD CONSTRAINT "client_link_view_tenant_id_link_id_fkey" FOREIGN KEY ("tenant_id", "link_id")
    REFERENCES "client_link"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What somebody at the client asks. link_id NULL: asked by a client's own login.
CREATE TABLE "client_question" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "link_id" UUID,
    "month" DATE NOT NULL,
    "body" TEXT NOT NULL,
    "asked_by" TEXT,
    "asked_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "client_question_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "client_question_client_idx" ON "client_question"("tenant_id", "client_id", "asked_at");
ALTER TABLE "client_question"
  ADD CONSTRAINT "client_question_body_length" CHECK (char_length("body") BETWEEN 1 AND 1000),
  ADD CONSTRAINT "client_question_by_link_or_login" CHECK (("link_id" IS NULL) <> ("asked_by" IS NULL)),
  ADD CONSTRAINT "client_question_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id")
    REFERENCES "client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "client_question_tenant_id_link_id_fkey" FOREIGN KEY ("tenant_id", "link_id")
    REFERENCES "client_link"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['client_link', 'client_link_view', 'client_question']
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
GRANT SELECT, INSERT ON "client_link", "client_link_view", "client_question" TO outlay_app;
GRANT UPDATE ("revoked_by", "revoked_at") ON "client_link" TO outlay_app;

-- Before a tenant is known, a link is found by the hash of its secret: these columns only.
CREATE POLICY "auth_lookup" ON "client_link" FOR SELECT TO outlay_auth USING (true);
GRANT SELECT ("tenant_id", "id", "client_id", "hash", "first_month", "last_month", "expires_at", "revoked_at") ON "client_link" TO outlay_auth;

-- The role ----------------------------------------------------------------------------------------------------------------
-- outlay_app takes it, read only, for the transaction of a statement that answers a client (src/tenancy/tenant-context.ts). It reaches what the
-- charges of that one client are made of: these columns of these rows. No event, price, provider, person, note or other client is among
-- them, and nothing of it without app.tenant_id and app.client_id. It is granted at start (src/tenancy/provision-roles.ts).
DO $$ BEGIN CREATE ROLE outlay_client NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
GRANT USAGE ON SCHEMA public TO outlay_client;

DO $$
DECLARE
  mine CONSTANT text := '= (SELECT current_setting(''app.client_id'')::uuid)';
  of_project CONSTANT text := 'EXISTS (SELECT 1 FROM "project" p WHERE p."tenant_id" = %1$I."tenant_id" AND p."id" = %1$I.%2$I)';
  of_task CONSTANT text := 'EXISTS (SELECT 1 FROM "task" t WHERE t."tenant_id" = %1$I."tenant_id" AND t."id" = %1$I."task_id")';
  rule record;
BEGIN
  FOR rule IN SELECT * FROM (VALUES
    ('client', '%1$I."id" ' || mine, '"tenant_id", "id", "name"'),
    ('project', '%1$I."client_id" ' || mine, '"tenant_id", "id", "name", "client_id"'),
    ('task', '%1$I."client_id" ' || mine || ' OR ' || format(of_project, 'task', 'project_id'),
      '"tenant_id", "id", "key", "name", "client_id", "project_id", "completed_on"'),
    ('engagement', '%1$I."client_id" ' || mine || ' OR ' || format(of_project, 'engagement', 'project_id'),
      '"tenant_id", "id", "client_id", "project_id", "starts_on", "ends_on", "model", "terms", "currency", "superseded_at"'),
    ('outcome_reversal', of_task, '"tenant_id", "task_id", "completed_on", "reversed_on"'),
    ('rollup_fine', '%1$I."client_id" ' || mine,
      '"tenant_id", "bucket", "agent_id", "client_id", "project_id", "cost_direct", "cost_shared", "invocations", "tokens", "unpriced", '
      || '"unconverted"'),
    -- By client and agent, and by project and agent.
    ('rollup_day', '%1$I."grain" = 7 AND %1$I."a" ' || mine || ' OR %1$I."grain" = 9 AND ' || format(of_project, 'rollup_day', 'a'),
      '"tenant_id", "grain", "day", "a", "b", "cost_direct", "cost_shared", "invocations", "tokens", "unpriced", "unconverted"'),
    ('rollup_task', of_task, '"tenant_id", "task_id", "day", "agent_id", "cost_direct", "cost_shared", "invocations"'),
    ('allocated_place', '%1$I."client_id" ' || mine || ' OR ' || format(of_project, 'allocated_place', 'project_id'),
      '"tenant_id", "month", "task_id", "client_id", "project_id", "amount"'),
    -- Who worked for the client: a subscription names them.
    ('agent', 'EXISTS (SELECT 1 FROM "rollup_day" d WHERE d."tenant_id" = %1$I."tenant_id" AND d."grain" IN (7, 9) AND d."b" = %1$I."id")',
      '"tenant_id", "id", "name"')
  ) AS r(name, condition, columns)
  LOOP
    EXECUTE format('CREATE POLICY "client_sees_own" ON %1$I FOR SELECT TO outlay_client USING ('
      || '%1$I."tenant_id" = current_setting(''app.tenant_id'')::uuid AND (' || rule.condition || '))', rule.name);
    EXECUTE format('GRANT SELECT (' || rule.columns || ') ON %I TO outlay_client', rule.name);
  END LOOP;
END $$;
CREATE POLICY "client_sees_own" ON "tenant" FOR SELECT TO outlay_client USING ("id" = current_setting('app.tenant_id')::uuid);
GRANT SELECT ("id", "name", "currency", "time_zone") ON "tenant" TO outlay_client;
