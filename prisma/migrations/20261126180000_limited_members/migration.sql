-- Project managers who are limited to some clients, and the role that answers them: it reaches what is of their clients, and nothing else.

-- Who is limited ---------------------------------------------------------------------------------------------------------
-- A limited member with no client left sees nothing: losing a row of membership_client never shows anybody more.
ALTER TABLE "membership" ADD COLUMN "is_limited" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "membership"
  ADD CONSTRAINT "membership_limited_is_project_manager" CHECK (NOT "is_limited" OR "role" = 'PROJECT_MANAGER');
CREATE TABLE "membership_client" (
    "tenant_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "client_id" UUID NOT NULL,

    CONSTRAINT "membership_client_pkey" PRIMARY KEY ("tenant_id", "user_id", "client_id")
);
ALTER TABLE "membership_client"
  ADD CONSTRAINT "membership_client_tenant_id_user_id_fkey" FOREIGN KEY ("tenant_id", "user_id")
    REFERENCES "membership"("tenant_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT "membership_client_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id")
    REFERENCES "client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "membership_client" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "membership_client" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "membership_client" TO outlay_app USING ("tenant_id" = current_setting('app.tenant_id')::uuid)
  WITH CHECK ("tenant_id" = current_setting('app.tenant_id')::uuid);
CREATE POLICY "auth_lookup" ON "membership_client" FOR SELECT TO outlay_auth USING (true);
GRANT SELECT, INSERT, DELETE ON "membership_client" TO outlay_app;
GRANT SELECT ("tenant_id", "user_id", "client_id") ON "membership_client" TO outlay_auth;
GRANT SELECT ("is_limited") ON "membership" TO outlay_auth;

-- Somebody who is invited as limited is limited from the first moment on; an empty array: not.
ALTER TABLE "invitation" ADD COLUMN "client_ids" UUID[] NOT NULL DEFAULT '{}';
ALTER TABLE "invitation"
  ADD CONSTRAINT "invitation_limited_is_project_manager" CHECK ("role" = 'PROJECT_MANAGER' OR "client_ids" = '{}');

-- The role -----------------------------------------------------------------------------------------------------------------
-- outlay_app takes it for the transaction of a statement that answers a limited member (src/tenancy/tenant-context.ts) and has none of its
-- rights otherwise. It is granted at start (src/tenancy/provision-roles.ts): a role belongs to the cluster, and so does who may take it.
DO $$ BEGIN CREATE ROLE outlay_limited NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
GRANT USAGE ON SCHEMA public TO outlay_limited;

-- What it may reach is this list: a table that is not here answers with an error, and so does a statement without the clients set. The
-- clients are an array that is read once for a statement.
DO $$
DECLARE
  mine CONSTANT text := '= ANY ((SELECT current_setting(''app.client_ids'')::uuid[])::uuid[])';
  client_or_project CONSTANT text := '%1$I."scope" = ''CLIENT'' AND %1$I."member_id" ' || mine || ' OR %1$I."scope" = ''PROJECT'' AND EXISTS '
    || '(SELECT 1 FROM "project" p WHERE p."tenant_id" = %1$I."tenant_id" AND p."id" = %1$I."member_id")';
  of_task CONSTANT text := 'EXISTS (SELECT 1 FROM "task" t WHERE t."tenant_id" = %1$I."tenant_id" AND t."id" = %1$I."task_id")';
  of_event CONSTANT text := 'EXISTS (SELECT 1 FROM "invocation" i WHERE i."tenant_id" = %1$I."tenant_id" '
    || 'AND i."occurred_at" = %1$I."occurred_at" AND i."id" = %1$I."invocation_id")';
  rule record;
BEGIN
  FOR rule IN SELECT * FROM (VALUES
    ('client', '%1$I."id" ' || mine),
    ('project', '%1$I."client_id" ' || mine),
    ('task', '%1$I."client_id" ' || mine),
    -- Who has worked for one of the clients: a daily cell of client and agent says so.
    ('agent', 'EXISTS (SELECT 1 FROM "rollup_day" d WHERE d."tenant_id" = %1$I."tenant_id" AND d."grain" = 7 AND d."a" ' || mine
      || ' AND d."b" = %1$I."id")'),
    -- An event is of the client it is tagged with, and without such a tag of its task's. A shared use is of its task's client first (law L13).
    ('invocation', '%1$I."client_id" ' || mine || ' AND (%1$I."billing" <> ''SHARED'' OR %1$I."task_id" IS NULL OR ' || of_task
      || ') OR (%1$I."client_id" IS NULL OR %1$I."billing" = ''SHARED'') AND ' || of_task),
    ('invocation_correction', of_event),
    ('superseded_rating', of_event),
    ('rollup_fine', '%1$I."client_id" ' || mine),
    -- By client, by client and agent, by client and resource; by project, and by project and agent.
    ('rollup_day', '%1$I."grain" IN (2, 7, 8) AND %1$I."a" ' || mine || ' OR %1$I."grain" IN (3, 9) AND EXISTS '
      || '(SELECT 1 FROM "project" p WHERE p."tenant_id" = %1$I."tenant_id" AND p."id" = %1$I."a")'),
    ('rollup_task', of_task),
    ('client_activity', '%1$I."client_id" ' || mine),
    ('client_revenue', '%1$I."client_id" ' || mine),
    ('period_correction', '%1$I."client_id" ' || mine),
    ('allocated_place', '%1$I."client_id" ' || mine),
    ('allocated_month', '%1$I."grain" IN (2, 7) AND %1$I."a" ' || mine),
    ('budget', client_or_project),
    ('budget_crossing', 'EXISTS (SELECT 1 FROM "budget" b WHERE b."tenant_id" = %1$I."tenant_id" AND b."id" = %1$I."budget_id")'),
    ('alert', client_or_project),
    ('alert_event', 'EXISTS (SELECT 1 FROM "alert" a WHERE a."tenant_id" = %1$I."tenant_id" AND a."id" = %1$I."alert_id")'),
    ('annotation', client_or_project),
    -- What says nothing of anybody's client: prices, models, how days are judged, where an event of a known id is, and a person's own views,
    -- which are asked for by their owner.
    ('invocation_key', 'true'), ('resource', 'true'), ('rate_card', 'true'), ('rate', 'true'), ('fx_rate', 'true'),
    ('detector_setting', 'true'), ('saved_view', 'true')
  ) AS r(name, condition)
  LOOP
    EXECUTE format('CREATE POLICY "limited_to_clients" ON %1$I FOR SELECT TO outlay_limited USING ('
      || '%1$I."tenant_id" = current_setting(''app.tenant_id'')::uuid AND (' || rule.condition || '))', rule.name);
    EXECUTE format('GRANT SELECT ON %I TO outlay_limited', rule.name);
  END LOOP;
END $$;
CREATE POLICY "limited_to_clients" ON "tenant" FOR SELECT TO outlay_limited USING ("id" = current_setting('app.tenant_id')::uuid);
GRANT SELECT ON "tenant", "catalogue_version", "catalogue_rate" TO outlay_limited;
-- Named by the ratings that it replaced; of the firm, so that no row of it is theirs.
GRANT SELECT ("tenant_id", "id", "reason", "applied_by") ON "rerating" TO outlay_limited;
-- What they do is noted like everybody's.
CREATE POLICY "limited_may_note" ON "audit_event" FOR INSERT TO outlay_limited
  WITH CHECK ("tenant_id" = current_setting('app.tenant_id')::uuid);
GRANT INSERT ON "audit_event" TO outlay_limited;
