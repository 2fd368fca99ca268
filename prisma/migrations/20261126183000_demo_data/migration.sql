-- Example data of a tenant: a tenant of its own, made on one click and removed on one click (docs/decisions/0023).

-- One row while there is an example: its state, and the outbox of the jobs that load and remove it.
CREATE TABLE "demo_data" (
    "tenant_id" UUID NOT NULL,
    "demo_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "percent" SMALLINT NOT NULL DEFAULT 0,
    "user_id" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "worker" UUID,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "demo_data_pkey" PRIMARY KEY ("tenant_id")
);
CREATE UNIQUE INDEX "demo_data_demo_key" ON "demo_data"("tenant_id", "demo_id");
ALTER TABLE "demo_data"
  ADD CONSTRAINT "demo_data_state_known" CHECK ("state" IN ('QUEUED', 'LOADING', 'READY', 'FAILED', 'REMOVING')),
  ADD CONSTRAINT "demo_data_percent_range" CHECK ("percent" BETWEEN 0 AND 100),
  ADD CONSTRAINT "demo_data_is_another_tenant" CHECK ("demo_id" <> "tenant_id"),
  ADD CONSTRAINT "demo_data_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "demo_data" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "demo_data" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant_isolation" ON "demo_data" TO outlay_app USING ("tenant_id" = current_setting('app.tenant_id')::uuid)
  WITH CHECK ("tenant_id" = current_setting('app.tenant_id')::uuid);
GRANT SELECT, INSERT, DELETE ON "demo_data" TO outlay_app;
GRANT UPDATE ("state", "percent", "worker", "updated_at") ON "demo_data" TO outlay_app;

-- The tenant that an example was made for. The example cannot be there without the row that asks for it, nor that row go before the example.
ALTER TABLE "tenant" ADD COLUMN "demo_of" UUID;
ALTER TABLE "tenant"
  ADD CONSTRAINT "tenant_demo_is_marked" CHECK ("demo_of" IS NULL OR "is_demo"),
  ADD CONSTRAINT "tenant_demo_of_id_fkey" FOREIGN KEY ("demo_of", "id") REFERENCES "demo_data"("tenant_id", "demo_id")
    ON DELETE RESTRICT ON UPDATE RESTRICT;
GRANT SELECT ("demo_of") ON "tenant" TO outlay_auth;

-- What is real never becomes an example, which could be removed.
CREATE FUNCTION refuse_change_of_demo() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'whether the tenant % is an example, and of which, is settled when it is made', OLD.id;
END $$;
CREATE TRIGGER "tenant_demo_stays" BEFORE UPDATE OF "is_demo", "demo_of" ON "tenant" FOR EACH ROW
  WHEN (OLD."is_demo" <> NEW."is_demo" OR OLD."demo_of" IS DISTINCT FROM NEW."demo_of") EXECUTE FUNCTION refuse_change_of_demo();

-- Nobody logs in as this role. It owns one function, sees the rows of the tenant that the function was called for, and may delete them:
-- outlay_app, which calls it, has no right to delete events, keys or the audit log of anybody.
DO $$ BEGIN CREATE ROLE outlay_eraser NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
GRANT USAGE ON SCHEMA public TO outlay_eraser;
GRANT SELECT, DELETE ON "tenant" TO outlay_eraser;
CREATE POLICY "demo_erasure" ON "tenant" TO outlay_eraser USING ("id" = current_setting('app.erased_tenant')::uuid);
CREATE POLICY "demo_request" ON "demo_data" FOR SELECT TO outlay_eraser USING ("demo_id" = current_setting('app.erased_tenant')::uuid);

-- Every table of a tenant needs these two; one that comes later brings them along, and erase_demo_tenant refuses to work until it has.
DO $$
DECLARE
  tenant_table text;
BEGIN
  FOR tenant_table IN
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  LOOP
    EXECUTE format('GRANT SELECT, DELETE ON %I TO outlay_eraser', tenant_table);
    EXECUTE format('CREATE POLICY "demo_erasure" ON %I TO outlay_eraser USING ("tenant_id" = current_setting(''app.erased_tenant'')::uuid)',
      tenant_table);
  END LOOP;
END $$;

-- Deletes rows of an example that its owner, the tenant of the transaction, has asked to be removed: at most rows_max of tables that may
-- be emptied in parts, children before parents, and the tenant itself when nothing else is left. Answers how many; 0: nothing is there.
-- Whoever writes to the example meanwhile waits, and then finds no tenant.
CREATE FUNCTION erase_demo_tenant(demo uuid, rows_max bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  asking uuid := current_setting('app.tenant_id')::uuid;
  pending oid[];
  current oid;
  deleted bigint;
  total bigint := 0;
BEGIN
  PERFORM set_config('app.erased_tenant', demo::text, true);
  IF NOT EXISTS (SELECT FROM public.demo_data d WHERE d.tenant_id = asking AND d.demo_id = demo AND d.state = 'REMOVING')
    OR EXISTS (SELECT FROM public.tenant t WHERE t.id = demo AND (NOT t.is_demo OR t.demo_of IS DISTINCT FROM asking))
  THEN
    RAISE EXCEPTION 'tenant % is no example of tenant % that is to be removed', demo, asking;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(demo::text, 0));
  SELECT array_agg(c.oid ORDER BY c.relname) INTO pending
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition;
  -- Row-level security would show a table without this policy as empty.
  SELECT p.oid INTO current FROM unnest(pending) AS p(oid)
  WHERE NOT EXISTS (SELECT FROM pg_policy l WHERE l.polrelid = p.oid AND l.polname = 'demo_erasure');
  IF FOUND THEN
    RAISE EXCEPTION 'table % has no policy demo_erasure for outlay_eraser; its migration has to make one', current::regclass;
  END IF;
  WHILE cardinality(pending) > 0 LOOP
    SELECT p.oid INTO current FROM unnest(pending) AS p(oid)
    WHERE NOT EXISTS (SELECT FROM pg_constraint k
      WHERE k.contype = 'f' AND k.confrelid = p.oid AND k.conrelid <> p.oid AND k.conrelid = ANY (pending))
    LIMIT 1;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the tables % refer to each other in a circle', pending::regclass[];
    END IF;
    IF EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.confrelid = current AND k.conrelid = current) THEN
      -- A row that refers to another of the same table can only go with it.
      EXECUTE format('DELETE FROM %s WHERE tenant_id = $1', current::regclass) USING demo;
    ELSE
      EXECUTE format('DELETE FROM %1$s WHERE tenant_id = $1 AND (tableoid, ctid) IN '
        || '(SELECT tableoid, ctid FROM %1$s WHERE tenant_id = $1 LIMIT $2)', current::regclass) USING demo, rows_max - total;
    END IF;
    GET DIAGNOSTICS deleted = ROW_COUNT;
    total := total + deleted;
    IF total >= rows_max THEN
      RETURN total;
    END IF;
    pending := array_remove(pending, current);
  END LOOP;
  DELETE FROM public.tenant WHERE id = demo;
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN total + deleted;
END $$;
REVOKE ALL ON FUNCTION erase_demo_tenant(uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_demo_tenant(uuid, bigint) TO outlay_app;

-- Giving a function away takes membership in the new owner, and its right to create in the schema; both end here.
DO $$
DECLARE
  is_super boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
BEGIN
  IF NOT is_super THEN
    EXECUTE format('GRANT outlay_eraser TO %I', current_user);
    GRANT CREATE ON SCHEMA public TO outlay_eraser;
  END IF;
  ALTER FUNCTION erase_demo_tenant(uuid, bigint) OWNER TO outlay_eraser;
  IF NOT is_super THEN
    REVOKE CREATE ON SCHEMA public FROM outlay_eraser;
    EXECUTE format('REVOKE outlay_eraser FROM %I', current_user);
  END IF;
END $$;
