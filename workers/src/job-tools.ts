import type { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'
import type { Deliveries } from './delivery/deliveries.ts'
import type { Events } from './events.ts'
import type { JobQueue } from './queue.ts'
import type { ReportMailTools } from './reports/report-mail.ts'

/** What the worker lends to handlers and sweepers. */
export interface JobTools {
  /** One tenant at a time, under row-level security. */
  app: TenantPool
  /** outlay_auth: which tenants there are. */
  auth: Pool
  /** What rating needs to know of each tenant, as ingest knows it. */
  configs: TenantConfigs
  queue: JobQueue
  publish: Events['publish']
  /** What this process sends to people. */
  deliveries: Pick<Deliveries, 'look'>
  /** Mails of reports. */
  mails: ReportMailTools
}
