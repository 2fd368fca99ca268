import type pg from 'pg'

/** One reason not to serve anybody. */
export interface SelfCheckFault {
  readonly code: SelfCheckCode
  /** What is wrong with which object, and what to do. */
  readonly message: string
}

export type SelfCheckCode =
  | 'SERVER_TOO_OLD'
  | 'NOT_DURABLE'
  | 'CLOCK_DIFFERS'
  | 'NO_STATEMENT_TIMEOUT'
  | 'ROW_SECURITY_OFF'
  | 'TENANT_PRESET'
  | 'ROLE_TOO_POWERFUL'
  | 'ROLE_OWNS_TABLES'
  | 'ROLE_MAY_CREATE'
  | 'ROLE_MAY_TRUNCATE'
  | 'QUEUE_NOT_APART'
  | 'RLS_NOT_ENABLED'
  | 'RLS_NOT_FORCED'
  | 'POLICY_MISSING'
  | 'POLICY_WRONG'
  | 'VIEW_NOT_INVOKER'
  | 'MATVIEW_GRANTED'
  | 'FOREIGN_TABLE'
  | 'DEFINER_UNKNOWN'
  | 'DEFINER_SEARCH_PATH'

export type Check = (client: pg.ClientBase) => Promise<SelfCheckFault[]>

/** Schemas of the installation; objects of extensions are left out by each query. */
export const ourSchemas = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`

export const notOfExtension = (catalogue: string, oid: string): string =>
  `NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = '${catalogue}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`
