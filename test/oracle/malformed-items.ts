import type { Channel, Delivered } from './delivery.ts'

/**
 * Items that are wrong whatever came before them. GraphQL can only carry those its types allow, because a value of the
 * wrong type is an error of the document there and not of one item.
 */
export function malformedItems(channel: Channel): Delivered[] {
  const good = {
    id: `malformed-${channel}`,
    agent: 'never-seen',
    kind: 'MODEL',
    provider: 'acme',
    resource: 'small-1',
    occurredAt: '2026-10-10T10:00:00Z',
    usage: [{ meter: 'input_tokens', quantity: '10' }],
  }
  const quantity = (text: unknown): unknown => ({ ...good, usage: [{ meter: 'input_tokens', quantity: text }] })
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString()
  const anywhere: Delivered[] = [
    { kind: 'malformed', why: 'an hour in the future', item: { ...good, occurredAt: inAnHour } },
    { kind: 'malformed', why: 'a negative quantity', item: quantity('-1') },
    { kind: 'malformed', why: 'seven decimals', item: quantity('1.0000001') },
    { kind: 'malformed', why: 'a key of 257 characters', item: { ...good, agent: 'a'.repeat(257) } },
    { kind: 'malformed', why: 'an empty id', item: { ...good, id: '' } },
    {
      kind: 'malformed',
      why: '65 quantities',
      item: {
        ...good,
        usage: Array.from({ length: 65 }, (_, index) => ({ meter: `m${index}_tokens`, quantity: '1' })),
      },
    },
  ]
  if (channel === 'GRAPHQL') return anywhere
  return [
    ...anywhere,
    { kind: 'malformed', why: 'null', item: null },
    { kind: 'malformed', why: 'a number', item: 42 },
    { kind: 'malformed', why: 'no id', item: { ...good, id: undefined } },
    { kind: 'malformed', why: 'no instant', item: { ...good, occurredAt: undefined } },
    { kind: 'malformed', why: 'a date without a zone', item: { ...good, occurredAt: '2026-10-10T10:00:00' } },
    { kind: 'malformed', why: 'no usage', item: { ...good, usage: undefined } },
    { kind: 'malformed', why: 'an unknown kind', item: { ...good, kind: 'LLM' } },
    { kind: 'malformed', why: 'an exponent', item: quantity('1e5') },
    { kind: 'malformed', why: 'a quantity that is no number', item: quantity('many') },
  ]
}
