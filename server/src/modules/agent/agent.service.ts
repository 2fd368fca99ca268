import { countRecords, readByKey, readPage, type AgentRecord } from '@outlay/db/sql/read-dimensions'
import type { Context } from '../../graphql/context.ts'
import type { Page, PageArgs } from '../../graphql/page.ts'
import { storableKey } from '../../reads/storable-key.ts'
import { pageByKey } from '../../reads/record-page.ts'

export async function findAgent({ db }: Context, key: string): Promise<AgentRecord | null> {
  return storableKey(key) ? readByKey(db, 'agent', key) : null
}

export function listAgents({ db }: Context, args: PageArgs): Promise<Page<AgentRecord>> {
  return pageByKey(
    'agents',
    args,
    (position) => readPage(db, 'agent', position),
    () => countRecords(db, 'agent'),
  )
}
