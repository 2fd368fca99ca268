import { readDemoData, type DemoDataRow } from '@outlay/db/sql/read-demo-data'
import type { Context } from '../../graphql/context.ts'
import { apiError } from '../../graphql/errors.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

interface DemoDataPayloadSource {
  demoData: DemoDataRow | null
  userErrors: UserErrorSource[]
}

export function findDemoData({ db }: Context): Promise<DemoDataRow | null> {
  return readDemoData(db)
}

/** The policy lets no key get here: the example belongs to the person who asks. */
export async function loadDemoData({ principal, services, tenant, db }: Context): Promise<DemoDataPayloadSource> {
  if (principal.kind !== 'user') throw apiError('FORBIDDEN', 'Example data is loaded by a person, who then owns it.')
  const { userId, email } = principal
  const { userErrors } = await services.demo.load(tenant.id, { userId, email })
  return { demoData: await readDemoData(db), userErrors }
}

export async function removeDemoData({ services, tenant, db }: Context): Promise<DemoDataPayloadSource> {
  const { userErrors } = await services.demo.remove(tenant.id)
  return { demoData: await readDemoData(db), userErrors }
}
