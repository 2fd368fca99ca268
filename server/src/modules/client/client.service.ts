import { countRecords, readByKey, readPage, type ClientRecord } from '@outlay/db/sql/read-dimensions'
import type { Context } from '../../graphql/context.ts'
import type { Page, PageArgs } from '../../graphql/page.ts'
import { storableKey } from '../../reads/storable-key.ts'
import { pageByKey } from '../../reads/record-page.ts'

export async function findClient({ db }: Context, key: string): Promise<ClientRecord | null> {
  return storableKey(key) ? readByKey(db, 'client', key) : null
}

export function listClients({ db }: Context, args: PageArgs): Promise<Page<ClientRecord>> {
  return pageByKey(
    'clients',
    args,
    (position) => readPage(db, 'client', position),
    () => countRecords(db, 'client'),
  )
}

/** The clients of some ids, by their keys. */
export async function clientsOf({ loaders }: Context, ids: readonly string[]): Promise<ClientRecord[]> {
  const clients = await Promise.all(ids.map((id) => loaders.client.load(id)))
  return clients.filter((client) => client !== null).sort((a, b) => (a.key < b.key ? -1 : 1))
}
