-- Terms that charge by the hour (docs/decisions/0025).
ALTER TABLE "engagement" DROP CONSTRAINT "engagement_model_known";
ALTER TABLE "engagement" ADD CONSTRAINT "engagement_model_known" CHECK ("model" IN
    ('PASS_THROUGH', 'COST_PLUS', 'RATE_CARD', 'PER_TASK', 'RETAINER', 'PER_AGENT', 'OUTCOME', 'TIME'));

-- The time of an edition: how long each task was worked on, by local day and by the place that the task had at the close. A day before
-- the month is of a month that was closed already: what that one became longer or shorter by afterwards, and the project or client whose terms
-- charge it. The nil uuid is no client or project.
CREATE TABLE "period_task_time" (
    "tenant_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "edition" INTEGER NOT NULL,
    "task_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "client_id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "micros" BIGINT NOT NULL,
    "charged_to" UUID,

    CONSTRAINT "period_task_time_pkey" PRIMARY KEY ("tenant_id", "month", "edition", "task_id", "day", "client_id", "project_id")
);
CREATE INDEX "period_task_time_day_idx" ON "period_task_time"("tenant_id", "day");
ALTER TABLE "period_task_time"
  ADD CONSTRAINT "period_task_time_is_something" CHECK ("micros" <> 0),
  ADD CONSTRAINT "period_task_time_late_is_charged" CHECK (("day" < "month") = ("charged_to" IS NOT NULL)),
  ADD CONSTRAINT "period_task_time_day_is_over" CHECK ("day" < "month" + interval '1 month'),
  ADD CONSTRAINT "period_task_time_tenant_id_month_edition_fkey" FOREIGN KEY ("tenant_id", "month", "edition")
    REFERENCES "period_snapshot"("tenant_id", "month", "edition") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "period_task_time" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "period_task_time" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "period_task_time" TO outlay_app USING ("tenant_id" = current_setting('app.tenant_id')::uuid)
  WITH CHECK ("tenant_id" = current_setting('app.tenant_id')::uuid);
-- Example data can be removed with everything of it.
GRANT SELECT, DELETE ON "period_task_time" TO outlay_eraser;
CREATE POLICY "demo_erasure" ON "period_task_time" TO outlay_eraser USING ("tenant_id" = current_setting('app.erased_tenant')::uuid);
-- An edition is written once and never changed.
GRANT SELECT, INSERT ON "period_task_time" TO outlay_app;
