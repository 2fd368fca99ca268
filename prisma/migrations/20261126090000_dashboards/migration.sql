-- What dashboards ask about the tasks of clients, as cells that add up: the answer no longer takes longer the more tasks there are.

-- How many of a client's tasks, and of the agents that worked for it, were active on `day` and before it last on `day_before`; -infinity:
-- never before. Each member active in [from, to) has one day in it whose day before is earlier than `from`, so sums of these cells count
-- different members (src/sql/client-activity.ts).
CREATE TABLE "client_activity" (
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "client_id" UUID NOT NULL,
    "day_before" DATE NOT NULL,
    "tasks" BIGINT NOT NULL,
    "agents" BIGINT NOT NULL,

    CONSTRAINT "client_activity_pkey" PRIMARY KEY ("tenant_id", "day", "client_id", "day_before")
);

-- Tasks of a client completed on a day, and what they were billed in a currency; XXX: nothing.
CREATE TABLE "client_revenue" (
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "client_id" UUID NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "tasks" BIGINT NOT NULL,
    "billed" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "client_revenue_pkey" PRIMARY KEY ("tenant_id", "day", "client_id", "currency")
);

-- The active days of an agent for a client, next to a given one.
CREATE INDEX "rollup_day_client_agent_idx" ON "rollup_day"("tenant_id", "a", "b", "day") WHERE "grain" = 7;

-- A daily cell changes many times while its day lasts. With room on its page a new version stays there, beside the cells of its day, and
-- makes no entry in an index.
ALTER TABLE "rollup_day" SET (fillfactor = 60);

-- What is stored already. Without FORCE the owner reaches the rows of all tenants, also where it is no superuser.
ALTER TABLE "rollup_task" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "rollup_day" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "task" NO FORCE ROW LEVEL SECURITY;
INSERT INTO "client_activity" ("tenant_id", "day", "client_id", "day_before", "tasks", "agents")
SELECT d.tenant_id, d.day, d.client_id, d.day_before, sum(d.tasks), sum(d.agents) FROM (
  SELECT y.tenant_id, y.day, coalesce(t.client_id, '00000000-0000-0000-0000-000000000000') AS client_id,
    coalesce(lag(y.day) OVER (PARTITION BY y.tenant_id, y.task_id ORDER BY y.day), '-infinity') AS day_before, 1 AS tasks, 0 AS agents
  FROM (SELECT DISTINCT c.tenant_id, c.task_id, c.day FROM "rollup_task" c
    WHERE c.invocations <> 0 AND c.task_id <> '00000000-0000-0000-0000-000000000000') y
  JOIN "task" t ON t.tenant_id = y.tenant_id AND t.id = y.task_id
  UNION ALL
  SELECT c.tenant_id, c.day, c.a, coalesce(lag(c.day) OVER (PARTITION BY c.tenant_id, c.a, c.b ORDER BY c.day), '-infinity'), 0, 1
  FROM "rollup_day" c WHERE c.grain = 7 AND c.invocations <> 0 AND c.b <> '00000000-0000-0000-0000-000000000000'
) d GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
INSERT INTO "client_revenue" ("tenant_id", "day", "client_id", "currency", "tasks", "billed")
SELECT t.tenant_id, t.completed_on, coalesce(t.client_id, '00000000-0000-0000-0000-000000000000'), coalesce(t.billed_currency, 'XXX'),
  count(*), sum(coalesce(t.billed_amount, 0))
FROM "task" t WHERE t.completed_on IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
ALTER TABLE "rollup_task" FORCE ROW LEVEL SECURITY;
ALTER TABLE "rollup_day" FORCE ROW LEVEL SECURITY;
ALTER TABLE "task" FORCE ROW LEVEL SECURITY;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['client_activity', 'client_revenue']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY "tenant_isolation" ON %I TO outlay_app USING ("tenant_id" = current_setting(''app.tenant_id'')::uuid) '
      || 'WITH CHECK ("tenant_id" = current_setting(''app.tenant_id'')::uuid)', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON "client_activity", "client_revenue" TO outlay_app;
