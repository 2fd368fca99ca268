-- Where the revenue of the work under an engagement comes from: what its terms charge, the billed amounts of its tasks, or nothing. Terms that
-- are stored were set when revenue was what tasks were billed at, and keep that meaning, and so does what an earlier version still
-- writes while a newer one starts; new ones say it.
ALTER TABLE "engagement" ADD COLUMN "revenue_source" TEXT NOT NULL DEFAULT 'BILLED';
ALTER TABLE "engagement" ADD CONSTRAINT "engagement_revenue_source_known" CHECK ("revenue_source" IN ('CHARGES', 'BILLED', 'NONE'));

-- The projects of a client by day and month: grain 10 of the daily cells and of what is allocated, from what is stored. Without FORCE the owner
-- reaches the rows of all tenants, also where it is no superuser.
ALTER TABLE "rollup_fine" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "rollup_day" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "allocated_place" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "allocated_month" NO FORCE ROW LEVEL SECURITY;
INSERT INTO "rollup_day" ("tenant_id", "grain", "day", "a", "b", "cost_direct", "cost_shared", "invocations", "tokens", "unpriced", "unconverted")
SELECT c.tenant_id, 10, (c.bucket AT TIME ZONE t.time_zone)::date, c.client_id, c.project_id, sum(c.cost_direct), sum(c.cost_shared),
  sum(c.invocations), sum(c.tokens), sum(c.unpriced), sum(c.unconverted)
FROM "rollup_fine" c JOIN "tenant" t ON t.id = c.tenant_id GROUP BY 1, 3, 4, 5 ORDER BY 1, 3, 4, 5;
INSERT INTO "allocated_month" ("tenant_id", "grain", "month", "a", "b", "amount")
SELECT m.tenant_id, 10, m.month, m.client_id, m.project_id, sum(m.amount)
FROM "allocated_place" m GROUP BY 1, 3, 4, 5 HAVING sum(m.amount) <> 0 ORDER BY 1, 3, 4, 5;
ALTER TABLE "rollup_fine" FORCE ROW LEVEL SECURITY;
ALTER TABLE "rollup_day" FORCE ROW LEVEL SECURITY;
ALTER TABLE "allocated_place" FORCE ROW LEVEL SECURITY;
ALTER TABLE "allocated_month" FORCE ROW LEVEL SECURITY;
