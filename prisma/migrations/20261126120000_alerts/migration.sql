-- Budgets, limits, anomalies and alerts: what is watched, what was found, whom it was told.

-- What changed -----------------------------------------------------------------------------------------------------------
-- Grows with every transaction that changes what a local day comes to, in that transaction: nothing that is watched can be missed. Nobody
-- but the tenant's one writer touches these rows.
CREATE TABLE "sums_change" (
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "generation" BIGINT NOT NULL,

    CONSTRAINT "sums_change_pkey" PRIMARY KEY ("tenant_id", "day")
);
ALTER TABLE "sums_change" SET (fillfactor = 50);

-- Up to which generation of a day the limits have been looked at.
CREATE TABLE "sums_seen" (
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "generation" BIGINT NOT NULL,

    CONSTRAINT "sums_seen_pkey" PRIMARY KEY ("tenant_id", "day")
);

-- Budgets ----------------------------------------------------------------------------------------------------------------
-- An amount for a scope and window. `member_id` is the agent, client or project; nil for the fleet. A change of what it says makes a new
-- version, under which every threshold may alert once more.
CREATE TABLE "budget" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "member_id" UUID NOT NULL,
    "window_kind" TEXT NOT NULL,
    "starts_on" DATE,
    "ends_on" DATE,
    "amount" DECIMAL(38,18) NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "fx_rate" DECIMAL(38,18),
    "amount_base" DECIMAL(38,18) NOT NULL,
    "thresholds" DECIMAL(12,6)[] NOT NULL,
    "forecast_thresholds" DECIMAL(12,6)[] NOT NULL,
    "is_learned" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "note" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_by" TEXT,
    "ended_at" TIMESTAMPTZ(6),

    CONSTRAINT "budget_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "budget_one_for_each_window" ON "budget"("tenant_id", "scope", "member_id", "window_kind", "starts_on", "ends_on")
  NULLS NOT DISTINCT WHERE "ended_at" IS NULL;
ALTER TABLE "budget"
  ADD CONSTRAINT "budget_scope_known" CHECK ("scope" IN ('FLEET', 'AGENT', 'CLIENT', 'PROJECT')),
  ADD CONSTRAINT "budget_fleet_has_no_member" CHECK (("scope" = 'FLEET') = ("member_id" = '00000000-0000-0000-0000-000000000000')),
  ADD CONSTRAINT "budget_window_known" CHECK ("window_kind" IN ('DAY', 'MONTH', 'TOTAL', 'CUSTOM')),
  ADD CONSTRAINT "budget_period_belongs_to_window" CHECK (
    CASE "window_kind" WHEN 'CUSTOM' THEN "starts_on" IS NOT NULL AND "ends_on" IS NOT NULL AND "starts_on" < "ends_on"
      WHEN 'TOTAL' THEN "ends_on" IS NULL ELSE "starts_on" IS NULL AND "ends_on" IS NULL END),
  ADD CONSTRAINT "budget_amount_positive" CHECK ("amount" > 0 AND "amount_base" > 0),
  ADD CONSTRAINT "budget_thresholds_positive" CHECK (0 < ALL ("thresholds") AND 0 < ALL ("forecast_thresholds")),
  ADD CONSTRAINT "budget_learned_is_of_an_agent_day" CHECK (NOT "is_learned" OR ("scope" = 'AGENT' AND "window_kind" = 'DAY')),
  ADD CONSTRAINT "budget_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What an agent is expected to cost on a day, where its budget learns that.
CREATE TABLE "budget_expectation" (
    "tenant_id" UUID NOT NULL,
    "budget_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "amount_base" DECIMAL(38,18) NOT NULL,
    "computed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "budget_expectation_pkey" PRIMARY KEY ("tenant_id", "budget_id", "day")
);
ALTER TABLE "budget_expectation"
  ADD CONSTRAINT "budget_expectation_positive" CHECK ("amount_base" > 0),
  ADD CONSTRAINT "budget_expectation_tenant_id_budget_id_fkey" FOREIGN KEY ("tenant_id", "budget_id")
    REFERENCES "budget"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Alerts -----------------------------------------------------------------------------------------------------------------
-- Something a person should look at: a threshold that was crossed, or an incident while it lasts.
CREATE TABLE "alert" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "member_id" UUID NOT NULL,
    "second_id" UUID,
    "series" TEXT NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "budget_id" UUID,
    "threshold" DECIMAL(12,6),
    "title" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "expected" DECIMAL(38,18),
    "band_low" DECIMAL(38,18),
    "band_high" DECIMAL(38,18),
    "actual" DECIMAL(38,18),
    "impact" DECIMAL(38,18),
    "impact_per_hour" DECIMAL(38,18),
    "first_day" DATE NOT NULL,
    "last_day" DATE NOT NULL,
    "window_start" TIMESTAMPTZ(6) NOT NULL,
    "window_end" TIMESTAMPTZ(6) NOT NULL,
    "contributors" JSONB NOT NULL DEFAULT '[]',
    "decomposition" JSONB,
    "evidence" JSONB NOT NULL DEFAULT '{}',
    "suppressed_by" UUID,
    "told_impact" DECIMAL(38,18),
    "revision" INTEGER NOT NULL DEFAULT 1,
    "assignee" TEXT,
    "snoozed_until" TIMESTAMPTZ(6),
    "escalated_at" TIMESTAMPTZ(6),
    "acknowledged_by" TEXT,
    "acknowledged_at" TIMESTAMPTZ(6),
    "ended_by" TEXT,
    "ended_at" TIMESTAMPTZ(6),
    "dismiss_reason" TEXT,
    "feedback" TEXT,
    "raised_at" TIMESTAMPTZ(6) NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("tenant_id", "id")
);
-- Each (budget, version, window, basis, threshold) and each incident alerts once, whatever the concurrency (law L25).
CREATE UNIQUE INDEX "alert_once" ON "alert"("tenant_id", "dedupe_key");
CREATE UNIQUE INDEX "alert_one_incident_while_it_lasts" ON "alert"("tenant_id", "series")
  WHERE "state" IN ('OPEN', 'ACKNOWLEDGED') AND "budget_id" IS NULL;
CREATE INDEX "alert_state_idx" ON "alert"("tenant_id", "state", "raised_at");
CREATE INDEX "alert_updated_idx" ON "alert"("tenant_id", "updated_at");
CREATE INDEX "alert_member_idx" ON "alert"("tenant_id", "scope", "member_id", "raised_at");
CREATE INDEX "alert_series_idx" ON "alert"("tenant_id", "series", "last_day");
ALTER TABLE "alert"
  ADD CONSTRAINT "alert_kind_known" CHECK ("kind" IN ('AGENT_DAILY_LIMIT', 'CLIENT_BUDGET', 'PROJECT_BUDGET', 'FLEET_CEILING', 'COST_SPIKE',
    'COST_SHIFT', 'AGENT_FANOUT', 'NEW_RESOURCE', 'UNPRICED_USAGE', 'CHAIN_SHAPE')),
  ADD CONSTRAINT "alert_severity_known" CHECK ("severity" IN ('INFO', 'WARNING', 'CRITICAL')),
  ADD CONSTRAINT "alert_state_known" CHECK ("state" IN ('OPEN', 'ACKNOWLEDGED', 'RESOLVED', 'DISMISSED')),
  ADD CONSTRAINT "alert_scope_known" CHECK ("scope" IN ('FLEET', 'AGENT', 'CLIENT', 'PROJECT')),
  ADD CONSTRAINT "alert_dismissed_has_a_reason" CHECK (("state" = 'DISMISSED') = ("dismiss_reason" IS NOT NULL)),
  ADD CONSTRAINT "alert_ended_has_a_time" CHECK (("state" IN ('RESOLVED', 'DISMISSED')) = ("ended_at" IS NOT NULL)),
  ADD CONSTRAINT "alert_feedback_known" CHECK ("feedback" IN ('EXPECTED', 'WRONG', 'FIXED')),
  ADD CONSTRAINT "alert_days_in_order" CHECK ("first_day" <= "last_day"),
  ADD CONSTRAINT "alert_tenant_id_budget_id_fkey" FOREIGN KEY ("tenant_id", "budget_id")
    REFERENCES "budget"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "alert_tenant_id_suppressed_by_fkey" FOREIGN KEY ("tenant_id", "suppressed_by")
    REFERENCES "alert"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "alert_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Which thresholds of a budget have alerted in a window.
CREATE TABLE "budget_crossing" (
    "tenant_id" UUID NOT NULL,
    "budget_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "window_start" DATE NOT NULL,
    "basis" TEXT NOT NULL,
    "threshold" DECIMAL(12,6) NOT NULL,
    "alert_id" UUID NOT NULL,
    "crossed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "budget_crossing_pkey" PRIMARY KEY ("tenant_id", "budget_id", "version", "window_start", "basis", "threshold")
);
ALTER TABLE "budget_crossing"
  ADD CONSTRAINT "budget_crossing_basis_known" CHECK ("basis" IN ('ACTUAL', 'FORECAST')),
  ADD CONSTRAINT "budget_crossing_tenant_id_budget_id_fkey" FOREIGN KEY ("tenant_id", "budget_id")
    REFERENCES "budget"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "budget_crossing_tenant_id_alert_id_fkey" FOREIGN KEY ("tenant_id", "alert_id")
    REFERENCES "alert"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What happened to an alert, in order: what subscribers replay and what deliveries tell.
CREATE TABLE "alert_event" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "alert_id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "action" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "note" TEXT,
    "data" JSONB,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "alert_event_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "alert_event_alert_idx" ON "alert_event"("tenant_id", "alert_id", "at");
ALTER TABLE "alert_event"
  ADD CONSTRAINT "alert_event_tenant_id_alert_id_fkey" FOREIGN KEY ("tenant_id", "alert_id")
    REFERENCES "alert"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Delivery ---------------------------------------------------------------------------------------------------------------
-- A way to reach people. `secret` is sealed with the installation's secret: the signing secret of a webhook, the address of a Slack hook.
CREATE TABLE "channel" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "secret" BYTEA,
    "kinds" TEXT[] NOT NULL DEFAULT '{}',
    "min_severity" TEXT NOT NULL DEFAULT 'INFO',
    "scopes" JSONB NOT NULL DEFAULT '[]',
    "digest" TEXT NOT NULL DEFAULT 'NONE',
    "digest_hour" SMALLINT,
    "quiet_from" TEXT,
    "quiet_to" TEXT,
    "critical_breaks_quiet" BOOLEAN NOT NULL DEFAULT true,
    "state" TEXT NOT NULL DEFAULT 'ACTIVE',
    "failures" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "last_success_at" TIMESTAMPTZ(6),
    "last_failure_at" TIMESTAMPTZ(6),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_by" TEXT,
    "ended_at" TIMESTAMPTZ(6),

    CONSTRAINT "channel_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "channel_name_unique" ON "channel"("tenant_id", "name") WHERE "ended_at" IS NULL;
ALTER TABLE "channel"
  ADD CONSTRAINT "channel_kind_known" CHECK ("kind" IN ('EMAIL', 'WEBHOOK', 'SLACK')),
  ADD CONSTRAINT "channel_min_severity_known" CHECK ("min_severity" IN ('INFO', 'WARNING', 'CRITICAL')),
  ADD CONSTRAINT "channel_digest_known" CHECK ("digest" IN ('NONE', 'HOURLY', 'DAILY')),
  ADD CONSTRAINT "channel_digest_hour_of_a_day" CHECK (("digest" = 'DAILY') = ("digest_hour" IS NOT NULL) AND "digest_hour" BETWEEN 0 AND 23),
  ADD CONSTRAINT "channel_quiet_has_both_ends" CHECK (("quiet_from" IS NULL) = ("quiet_to" IS NULL)),
  ADD CONSTRAINT "channel_state_known" CHECK ("state" IN ('ACTIVE', 'PAUSED', 'FAILING')),
  ADD CONSTRAINT "channel_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Something to tell somebody: written with what it tells, so nothing is lost between the two. Once per channel and event.
CREATE TABLE "alert_delivery" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "event_id" UUID,
    "alert_id" UUID,
    "purpose" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "not_before" TIMESTAMPTZ(6) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "digest_id" UUID,
    "sent_at" TIMESTAMPTZ(6),
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alert_delivery_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "alert_delivery_once" ON "alert_delivery"("tenant_id", "event_id", "channel_id");
CREATE INDEX "alert_delivery_due_idx" ON "alert_delivery"("tenant_id", "not_before") WHERE "state" = 'PENDING';
CREATE INDEX "alert_delivery_channel_idx" ON "alert_delivery"("tenant_id", "channel_id", "created_at");
CREATE INDEX "alert_delivery_alert_idx" ON "alert_delivery"("tenant_id", "alert_id");
ALTER TABLE "alert_delivery"
  ADD CONSTRAINT "alert_delivery_purpose_known" CHECK ("purpose" IN ('RAISED', 'UPDATED', 'RESOLVED', 'ESCALATED', 'DIGEST', 'TEST')),
  ADD CONSTRAINT "alert_delivery_state_known" CHECK ("state" IN ('PENDING', 'DIGESTED', 'SENT', 'GIVEN_UP', 'DROPPED')),
  ADD CONSTRAINT "alert_delivery_tenant_id_channel_id_fkey" FOREIGN KEY ("tenant_id", "channel_id")
    REFERENCES "channel"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "alert_delivery_tenant_id_alert_id_fkey" FOREIGN KEY ("tenant_id", "alert_id")
    REFERENCES "alert"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "alert_delivery_tenant_id_event_id_fkey" FOREIGN KEY ("tenant_id", "event_id")
    REFERENCES "alert_event"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Each try of a delivery, for who asks why nothing came.
CREATE TABLE "delivery_attempt" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "delivery_id" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "ms" INTEGER NOT NULL,
    "status" INTEGER,
    "error" TEXT,

    CONSTRAINT "delivery_attempt_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "delivery_attempt_delivery_idx" ON "delivery_attempt"("tenant_id", "delivery_id", "at");
ALTER TABLE "delivery_attempt"
  ADD CONSTRAINT "delivery_attempt_tenant_id_delivery_id_fkey" FOREIGN KEY ("tenant_id", "delivery_id")
    REFERENCES "alert_delivery"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Anomalies --------------------------------------------------------------------------------------------------------------
-- How the tenant wants its past to be judged; without a row the defaults of domain/src/anomaly hold.
CREATE TABLE "detector_setting" (
    "tenant_id" UUID NOT NULL,
    "is_enabled" BOOLEAN NOT NULL DEFAULT true,
    "disabled_kinds" TEXT[] NOT NULL DEFAULT '{}',
    "min_excess" DECIMAL(38,18),
    "cold_excess" DECIMAL(38,18),
    "escalate_after_minutes" INTEGER,
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "detector_setting_pkey" PRIMARY KEY ("tenant_id")
);
ALTER TABLE "detector_setting"
  ADD CONSTRAINT "detector_setting_floors_not_negative" CHECK ("min_excess" >= 0 AND "cold_excess" >= 0),
  ADD CONSTRAINT "detector_setting_escalation_positive" CHECK ("escalate_after_minutes" > 0),
  ADD CONSTRAINT "detector_setting_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What people's feedback has done to the sensitivity of one series: added to the score that it takes to alert.
CREATE TABLE "series_tuning" (
    "tenant_id" UUID NOT NULL,
    "series" TEXT NOT NULL,
    "score_shift" DECIMAL(4,2) NOT NULL,
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "series_tuning_pkey" PRIMARY KEY ("tenant_id", "series")
);
ALTER TABLE "series_tuning"
  ADD CONSTRAINT "series_tuning_within_bounds" CHECK ("score_shift" BETWEEN -0.5 AND 1.5),
  ADD CONSTRAINT "series_tuning_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- "Launch on 3 October": from that day on, the past before it says nothing about the scope.
CREATE TABLE "annotation" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "member_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "note" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_by" TEXT,
    "ended_at" TIMESTAMPTZ(6),

    CONSTRAINT "annotation_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "annotation_scope_idx" ON "annotation"("tenant_id", "scope", "member_id", "day");
ALTER TABLE "annotation"
  ADD CONSTRAINT "annotation_scope_known" CHECK ("scope" IN ('FLEET', 'AGENT', 'CLIENT', 'PROJECT')),
  ADD CONSTRAINT "annotation_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What a series (a grain of rollup_day and its members) is expected to cost on a day, and from which cost on the day is a spike: what has
-- come in so far is compared with it as it comes in. NULL: still learning.
CREATE TABLE "series_expectation" (
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "grain" SMALLINT NOT NULL,
    "a" UUID NOT NULL,
    "b" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "expected" DECIMAL(38,18),
    "band_low" DECIMAL(38,18),
    "band_high" DECIMAL(38,18),
    "alarm_at" DECIMAL(38,18),
    "rule" TEXT,
    "computed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "series_expectation_pkey" PRIMARY KEY ("tenant_id", "day", "grain", "a", "b")
);
ALTER TABLE "series_expectation"
  ADD CONSTRAINT "series_expectation_status_known" CHECK ("status" IN ('LEARNING', 'COLD', 'READY')),
  ADD CONSTRAINT "series_expectation_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Asks for the judgement of the days before `day`; its row is its state and its outbox.
CREATE TABLE "anomaly_run" (
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "state" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "done_at" TIMESTAMPTZ(6),
    "series" INTEGER,
    "flagged" INTEGER,
    "error" TEXT,

    CONSTRAINT "anomaly_run_pkey" PRIMARY KEY ("tenant_id", "day")
);
ALTER TABLE "anomaly_run"
  ADD CONSTRAINT "anomaly_run_state_known" CHECK ("state" IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED')),
  ADD CONSTRAINT "anomaly_run_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The shape of a day's traces, by project (nil: without one): how many were so deep, and had so many children at one span. Position n counts
-- depth n, respectively fan-out n; the last position counts what is larger.
CREATE TABLE "chain_shape" (
    "tenant_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "project_id" UUID NOT NULL,
    "depths" BIGINT[] NOT NULL,
    "fanouts" BIGINT[] NOT NULL,
    "deepest_trace" TEXT,
    "widest_trace" TEXT,
    "computed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "chain_shape_pkey" PRIMARY KEY ("tenant_id", "day", "project_id")
);

-- A batch may change every cell of a page at once. With more than half of the page free, all of them stay on it and make no entry in an index;
-- at 60 % one in eleven did not (measured over 200,000 changes: 91 % and 100 %). Its statistics follow the day that is being filled.
ALTER TABLE "rollup_day" SET (fillfactor = 45, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);

-- Agents of a project by day: grain 9 of the daily cells, from what is stored. Without FORCE the owner reaches the rows of all tenants, also
-- where it is no superuser.
ALTER TABLE "rollup_fine" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "rollup_day" NO FORCE ROW LEVEL SECURITY;
INSERT INTO "rollup_day" ("tenant_id", "grain", "day", "a", "b", "cost_direct", "cost_shared", "invocations", "tokens", "unpriced", "unconverted")
SELECT c.tenant_id, 9, (c.bucket AT TIME ZONE t.time_zone)::date, c.project_id, c.agent_id, sum(c.cost_direct), sum(c.cost_shared),
  sum(c.invocations), sum(c.tokens), sum(c.unpriced), sum(c.unconverted)
FROM "rollup_fine" c JOIN "tenant" t ON t.id = c.tenant_id GROUP BY 1, 3, 4, 5 ORDER BY 1, 3, 4, 5;
-- What is stored already has not been looked at either.
INSERT INTO "sums_change" ("tenant_id", "day", "generation") SELECT DISTINCT "tenant_id", "day", 1 FROM "rollup_day" WHERE "grain" = 0;
ALTER TABLE "rollup_fine" FORCE ROW LEVEL SECURITY;
ALTER TABLE "rollup_day" FORCE ROW LEVEL SECURITY;

-- Tenancy and grants: facts are append-only by the absence of grants ---------------------------------------------------------
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['sums_change', 'sums_seen', 'budget', 'budget_expectation', 'alert', 'budget_crossing', 'alert_event', 'channel',
    'alert_delivery', 'delivery_attempt', 'detector_setting', 'series_tuning', 'annotation', 'series_expectation', 'anomaly_run', 'chain_shape']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY "tenant_isolation" ON %I TO outlay_app USING ("tenant_id" = current_setting(''app.tenant_id'')::uuid) '
      || 'WITH CHECK ("tenant_id" = current_setting(''app.tenant_id'')::uuid)', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON "alert_event", "budget_crossing", "delivery_attempt" TO outlay_app;
GRANT SELECT, INSERT, UPDATE ON "budget", "alert", "channel", "alert_delivery", "detector_setting", "series_tuning", "annotation",
  "anomaly_run" TO outlay_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON "sums_change", "sums_seen", "budget_expectation", "series_expectation", "chain_shape" TO outlay_app;
