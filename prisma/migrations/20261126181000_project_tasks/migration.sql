-- The tasks of a project, which its page lists.
CREATE INDEX "task_tenant_id_project_id_idx" ON "task"("tenant_id", "project_id");
