-- Annual plans (domain/src/planning): what twelve months are to cost by client and agent, in scenarios. The base scenario is position 0. A draft
-- can be changed; an adopted plan stands as it was adopted, which the triggers below hold.
CREATE TABLE "plan" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "note" TEXT,
    "currency" CHAR(3) NOT NULL,
    "starts_on" DATE NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'DRAFT',
    -- What it was made from: the months before, what was forecast of them, and how well such forecasts did.
    "basis" JSONB NOT NULL,
    "adopted_scenario" SMALLINT,
    "adopted_by" TEXT,
    "adopted_at" TIMESTAMPTZ(6),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plan_pkey" PRIMARY KEY ("tenant_id", "id")
);
ALTER TABLE "plan"
  ADD CONSTRAINT "plan_status_known" CHECK ("status" IN ('DRAFT', 'ADOPTED')),
  ADD CONSTRAINT "plan_begins_with_a_month" CHECK ("starts_on" = date_trunc('month', "starts_on"::timestamp)::date),
  ADD CONSTRAINT "plan_adopted_by_somebody" CHECK (("status" = 'ADOPTED') = ("adopted_by" IS NOT NULL)
    AND ("adopted_by" IS NULL) = ("adopted_at" IS NULL) AND ("adopted_by" IS NULL) = ("adopted_scenario" IS NULL)),
  ADD CONSTRAINT "plan_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "plan_scenario" (
    "tenant_id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "name" TEXT NOT NULL,
    "changes" JSONB NOT NULL,

    CONSTRAINT "plan_scenario_pkey" PRIMARY KEY ("tenant_id", "plan_id", "position")
);
ALTER TABLE "plan_scenario"
  ADD CONSTRAINT "plan_scenario_tenant_id_plan_id_fkey" FOREIGN KEY ("tenant_id", "plan_id")
    REFERENCES "plan"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

CREATE TABLE "plan_line" (
    "tenant_id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "line" INTEGER NOT NULL,
    "month" DATE NOT NULL,
    "kind" TEXT NOT NULL,
    "client_id" UUID,
    "agent_id" UUID,
    "unit" TEXT NOT NULL,
    "measure" TEXT NOT NULL,
    "volume" DECIMAL(38,6) NOT NULL,
    "use" DECIMAL(38,6) NOT NULL,
    "amount" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "plan_line_pkey" PRIMARY KEY ("tenant_id", "plan_id", "position", "line")
);
ALTER TABLE "plan_line"
  ADD CONSTRAINT "plan_line_not_negative" CHECK ("volume" >= 0 AND "use" >= 0 AND "amount" >= 0),
  ADD CONSTRAINT "plan_line_kind_known" CHECK ("kind" = 'WORK' OR ("kind" = 'POOLS' AND "client_id" IS NULL AND "agent_id" IS NULL)),
  ADD CONSTRAINT "plan_line_unit_known" CHECK ("unit" IN ('TASKS', 'MONTHS') AND "measure" IN ('TOKENS', 'CALLS', 'NONE')),
  ADD CONSTRAINT "plan_line_tenant_id_plan_id_position_fkey" FOREIGN KEY ("tenant_id", "plan_id", "position")
    REFERENCES "plan_scenario"("tenant_id", "plan_id", "position") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "plan_line_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id")
    REFERENCES "client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "plan_line_tenant_id_agent_id_fkey" FOREIGN KEY ("tenant_id", "agent_id")
    REFERENCES "agent"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Why a month came otherwise than planned, in the words of who looked into it. Nothing is taken back: another note says more.
CREATE TABLE "plan_note" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "client_id" UUID,
    "agent_id" UUID,
    "text" TEXT NOT NULL,
    "written_by" TEXT NOT NULL,
    "written_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plan_note_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "plan_note_month_idx" ON "plan_note"("tenant_id", "plan_id", "month");
ALTER TABLE "plan_note"
  ADD CONSTRAINT "plan_note_tenant_id_plan_id_fkey" FOREIGN KEY ("tenant_id", "plan_id")
    REFERENCES "plan"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "plan_note_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id")
    REFERENCES "client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "plan_note_tenant_id_agent_id_fkey" FOREIGN KEY ("tenant_id", "agent_id")
    REFERENCES "agent"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- An adopted plan stands. Only example data is removed whole, by outlay_eraser, whose function looks nothing up but what names its schema.
CREATE FUNCTION plan_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'ADOPTED' THEN
    RAISE EXCEPTION 'the plan % is adopted and stands as it is', OLD.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "plan_stands" BEFORE UPDATE ON "plan" FOR EACH ROW EXECUTE FUNCTION plan_stands();

CREATE FUNCTION plan_part_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE part record := COALESCE(NEW, OLD);
BEGIN
  IF current_user <> 'outlay_eraser'
    AND EXISTS (SELECT 1 FROM public.plan p WHERE p.tenant_id = part.tenant_id AND p.id = part.plan_id AND p.status = 'ADOPTED') THEN
    RAISE EXCEPTION 'the plan % is adopted and stands as it is', part.plan_id;
  END IF;
  RETURN part;
END $$;
CREATE TRIGGER "plan_scenario_stands" BEFORE INSERT OR UPDATE OR DELETE ON "plan_scenario" FOR EACH ROW EXECUTE FUNCTION plan_part_stands();
CREATE TRIGGER "plan_line_stands" BEFORE INSERT OR UPDATE OR DELETE ON "plan_line" FOR EACH ROW EXECUTE FUNCTION plan_part_stands();

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['plan', 'plan_scenario', 'plan_line', 'plan_note']
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
GRANT SELECT, INSERT ON "plan", "plan_scenario", "plan_line", "plan_note" TO outlay_app;
GRANT DELETE ON "plan_scenario", "plan_line" TO outlay_app;
GRANT UPDATE ("name", "note", "status", "adopted_scenario", "adopted_by", "adopted_at", "updated_by", "updated_at") ON "plan" TO outlay_app;
