import { isStorableKeyName, newApiKey } from '@outlay/db/admin/api-key'
import { insertApiKey, readApiKeys, revokeApiKey, type ApiKeyRecord } from '@outlay/db/sql/read-api-keys'
import { isScope, SCOPES } from '@outlay/domain/audience/policy'
import type { Context } from '../../graphql/context.ts'
import { uuidOf } from '../../graphql/ids.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface CreatedKeySource {
  apiKey: ApiKeyRecord | null
  secret: string | null
  userErrors: UserErrorSource[]
}

export interface ApiKeyPayloadSource {
  apiKey: ApiKeyRecord | null
  userErrors: UserErrorSource[]
}

export function listKeys({ db }: Context): Promise<ApiKeyRecord[]> {
  return readApiKeys(db)
}

export async function createKey(
  { db }: Context,
  input: { name: string; scopes: readonly string[] },
): Promise<CreatedKeySource> {
  const error = checkInput(input)
  if (error !== null) return { apiKey: null, secret: null, userErrors: [error] }
  const made = newApiKey()
  const scopes = [...new Set(input.scopes)]
  const apiKey = await insertApiKey(db, {
    id: made.id,
    name: input.name.trim(),
    prefix: made.prefix,
    hash: made.hash,
    scopes,
  })
  return { apiKey, secret: made.secret, userErrors: [] }
}

function checkInput({ name, scopes }: { name: string; scopes: readonly string[] }): UserErrorSource | null {
  if (!isStorableKeyName(name)) {
    return { code: 'INVALID_FIELD', message: 'name must have 1 to 100 characters.', field: ['input', 'name'] }
  }
  const unknown = scopes.find((scope) => !isScope(scope))
  if (scopes.length === 0 || unknown !== undefined) {
    const given =
      unknown === undefined ? 'scopes is empty' : `The scope ${JSON.stringify(unknown.slice(0, 60))} is unknown`
    return { code: 'INVALID_FIELD', message: `${given}; choose of ${SCOPES.join(', ')}.`, field: ['input', 'scopes'] }
  }
  return null
}

export async function revokeKey({ db, services }: Context, id: string): Promise<ApiKeyPayloadSource> {
  const uuid = uuidOf('ApiKey', id, 'id')
  const apiKey = await revokeApiKey(db, uuid)
  if (apiKey !== null) services.forgetKey(uuid)
  const gone = { code: 'NOT_FOUND', message: 'This API key does not exist.', field: ['id'] }
  return { apiKey, userErrors: apiKey === null ? [gone] : [] }
}
