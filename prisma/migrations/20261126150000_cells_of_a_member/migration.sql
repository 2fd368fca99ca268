-- When an agent was seen in a project last: asked for every newcomer, while the day is still running. Cells are added to this index and
-- the next when they are made, and not when they change.
CREATE INDEX "rollup_day_project_agent_idx" ON "rollup_day"("tenant_id", "a", "b", "day") WHERE "grain" = 9;

-- The days of one member: what a budget's window has come to, read after every commit. Without it each window reads its days of everybody.
CREATE INDEX "rollup_day_member_idx" ON "rollup_day"("tenant_id", "grain", "a", "day") WHERE "b" = '00000000-0000-0000-0000-000000000000';
