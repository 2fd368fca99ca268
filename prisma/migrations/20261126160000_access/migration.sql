-- Access: who did what, who is invited, and a second factor for signing in.

-- Audit log --------------------------------------------------------------------------------------------------------------
-- A row for each change that somebody made, in the words of the API. Nobody may change or delete one: there is no grant for it.
CREATE TABLE "audit_event" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_label" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT,
    "facts" JSONB NOT NULL,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "audit_event_at_idx" ON "audit_event"("tenant_id", "at", "id");
CREATE INDEX "audit_event_action_idx" ON "audit_event"("tenant_id", "action", "at", "id");
CREATE INDEX "audit_event_actor_idx" ON "audit_event"("tenant_id", "actor_label", "at", "id");
ALTER TABLE "audit_event"
  ADD CONSTRAINT "audit_event_actor_kind_known" CHECK ("actor_kind" IN ('USER', 'KEY')),
  ADD CONSTRAINT "audit_event_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Invitations ------------------------------------------------------------------------------------------------------------
-- Somebody who may join. The token goes out by mail and is nowhere here; its SHA-256 is what it is found by.
CREATE TABLE "invitation" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "client_id" UUID,
    "token_hash" BYTEA NOT NULL,
    "invited_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "accepted_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),
    "revoked_by" TEXT,

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "invitation_token_hash_unique" ON "invitation"("tenant_id", "token_hash");
-- Inviting somebody again withdraws the invitation before.
CREATE UNIQUE INDEX "invitation_one_open_for_each_address" ON "invitation"("tenant_id", "email")
  WHERE "accepted_at" IS NULL AND "revoked_at" IS NULL;
ALTER TABLE "invitation"
  ADD CONSTRAINT "invitation_role_known" CHECK ("role" IN ('OWNER', 'ADMIN', 'FINANCE', 'PROJECT_MANAGER', 'VIEWER', 'CLIENT')),
  ADD CONSTRAINT "invitation_client_role_has_client" CHECK (("role" = 'CLIENT') = ("client_id" IS NOT NULL)),
  ADD CONSTRAINT "invitation_email_lower_case" CHECK ("email" = lower("email")),
  ADD CONSTRAINT "invitation_accepted_or_revoked" CHECK ("accepted_at" IS NULL OR "revoked_at" IS NULL),
  ADD CONSTRAINT "invitation_revoked_by_somebody" CHECK (("revoked_at" IS NULL) = ("revoked_by" IS NULL)),
  ADD CONSTRAINT "invitation_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  ADD CONSTRAINT "invitation_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id")
    REFERENCES "client"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Signing in -------------------------------------------------------------------------------------------------------------
-- What better-auth keeps of a second factor: secret and backup codes, both encrypted with the secret of the installation.
CREATE TABLE "two_factor" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "backup_codes" TEXT NOT NULL,
    "verified" BOOLEAN NOT NULL DEFAULT true,
    "failed_verification_count" INTEGER NOT NULL DEFAULT 0,
    "locked_until" TIMESTAMPTZ(6),

    CONSTRAINT "two_factor_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "two_factor_user_id_unique" ON "two_factor"("user_id");
ALTER TABLE "two_factor"
  ADD CONSTRAINT "two_factor_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "app_user" ADD COLUMN "two_factor_enabled" BOOLEAN NOT NULL DEFAULT false;
-- To about a minute; updated_at moves once a day.
ALTER TABLE "session" ADD COLUMN "last_used_at" TIMESTAMPTZ(6);

-- Who may touch what -----------------------------------------------------------------------------------------------------
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['audit_event', 'invitation']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY "tenant_isolation" ON %I TO outlay_app USING ("tenant_id" = current_setting(''app.tenant_id'')::uuid) '
      || 'WITH CHECK ("tenant_id" = current_setting(''app.tenant_id'')::uuid)', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON "audit_event" TO outlay_app;
GRANT SELECT, INSERT ON "invitation" TO outlay_app;
GRANT UPDATE ("accepted_at", "revoked_at", "revoked_by") ON "invitation" TO outlay_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON "two_factor" TO outlay_auth;
