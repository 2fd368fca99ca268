/** A statement with its name: Postgres parses and plans it once per connection. One name always stands for one text. */
export interface Prepared {
  name: string
  text: string
}

/**
 * The way to read one tenant's rows: every statement runs in its own transaction with the tenant set, under a role that sees nothing else.
 * Statements name the tenant in their WHERE as well, as `$1`.
 */
export interface TenantSql {
  readonly tenantId: string
  /** Runs a statement with `[tenantId, ...values]`. */
  query<Row>(statement: Prepared, values?: readonly unknown[]): Promise<Row[]>
}
