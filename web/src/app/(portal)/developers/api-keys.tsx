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
  const moment = (instant: string) => (
    <span key={instant} className="num">
      {momentText(instant, tenant.timeZone)}
    </span>
  )
  const live = apiKeys.filter((key) => key.revokedAt == null).length
  return (
    <Card
      flush
      title={`${live} ${live === 1 ? 'key works' : 'keys work'}`}
      caption="A key is shown once, when it is made"
    >
      <MiniTable
        label="API keys"
        heads={[{ label: 'Key' }, { label: 'Scopes' }, { label: 'Made' }, { label: 'Last used' }, { label: 'State' }]}
        rows={apiKeys.map((key) => ({
          id: key.id,
          cells: [
            <span key="key">
              <span className="block">{key.name}</span>
              <code className="block font-mono text-axis text-ink-3">{key.prefix}</code>
            </span>,
            key.scopes.join(', '),
            moment(key.createdAt),
            key.lastUsedAt == null ? 'never' : moment(key.lastUsedAt),
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
