import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import type { Tenant } from '../../../lib/session.ts'
import { momentText } from '../../../lib/time.ts'
import { RevokeButton } from './revoke-button.tsx'

const ApiKeysDocument = graphql(`
  query ApiKeys {
    apiKeys {
      id
      name
      prefix
      scopes
      createdAt
      lastUsedAt
      revokedAt
    }
  }
`)

/** The keys of the tenant. The secrets themselves are nowhere. */
export async function ApiKeys({ tenant }: { tenant: Tenant }) {
  const { apiKeys } = await query(ApiKeysDocument)
  const live = apiKeys.filter((key) => key.revokedAt == null).length
  return (
    <Card
      flush
      title={`${live} ${live === 1 ? 'key works' : 'keys work'}`}
      caption="A key is shown once, when it is made"
    >
      <MiniTable
        label="API keys"
        heads={[
          { label: 'Name' },
          { label: 'Begins with' },
          { label: 'Scopes' },
          { label: 'Made' },
          { label: 'Last used' },
          { label: 'State' },
        ]}
        rows={apiKeys.map((key) => ({
          id: key.id,
          cells: [
            key.name,
            <code key="prefix" className="font-mono text-caption">
              {key.prefix}
            </code>,
            key.scopes.join(', '),
            momentText(key.createdAt, tenant.timeZone),
            key.lastUsedAt == null ? 'never' : momentText(key.lastUsedAt, tenant.timeZone),
            key.revokedAt == null ? (
              <RevokeButton key="revoke" id={key.id} name={key.name} />
            ) : (
              <Badge key="state">revoked {momentText(key.revokedAt, tenant.timeZone)}</Badge>
            ),
          ],
        }))}
      />
    </Card>
  )
}
