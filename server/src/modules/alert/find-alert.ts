import { readAlertsByIds } from '@outlay/db/sql/read-alerts'
import type { Context } from '../../graphql/context.ts'
import type { AlertSource } from './alert.ref.ts'

/** The alert of a uuid; null when the tenant has none. */
export function findAlert({ db, loaders }: Context, uuid: string): Promise<AlertSource | null> {
  const load = async (ids: readonly string[]) => {
    const rows = await readAlertsByIds(db, ids)
    return new Map(rows.map((row): [string, AlertSource | null] => [row.id, { ...row, nodeKind: 'Alert' }]))
  }
  return loaders.of<string, AlertSource | null>('alerts', load, null).load(uuid)
}
