-- The role of the job queue. It sees the schema `bullmq`, which BullMQ's own migrations make (src/migrate/apply-queue-migrations.ts), and no
-- table of a tenant: who reads the queue learns names of jobs and ids. NOLOGIN here, like the other roles.
DO $$ BEGIN CREATE ROLE outlay_queue NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
