import { countRecords, readByKey, readPage, type ProjectRecord } from '@outlay/db/sql/read-dimensions'
import type { Context } from '../../graphql/context.ts'
import type { Page, PageArgs } from '../../graphql/page.ts'
import { storableKey } from '../../reads/storable-key.ts'
import { pageByKey } from '../../reads/record-page.ts'

export async function findProject({ db }: Context, key: string): Promise<ProjectRecord | null> {
  return storableKey(key) ? readByKey(db, 'project', key) : null
}

export function listProjects({ db }: Context, args: PageArgs): Promise<Page<ProjectRecord>> {
  return pageByKey(
    'projects',
    args,
    (position) => readPage(db, 'project', position),
    () => countRecords(db, 'project'),
  )
}
