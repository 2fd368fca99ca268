import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as uuidv7 } from 'uuid'
import type { RateInput } from '../ingest/parse-rates.ts'
import { previewRerating } from './preview-rerating.ts'
import { requestPreview } from './request-preview.ts'
import type { WhatIf } from './rerating.ts'
import { openReratingWorld, quiet, type ReratingTenant, type ReratingWorld } from './test-world.ts'

let world: ReratingWorld

beforeAll(async () => {
  world = await openReratingWorld()
}, 120_000)

afterAll(() => world.close())

const october = { from: '2026-10-01', to: '2026-11-01' }

const rate = (resource: string, meter: string, amount: string, more: Partial<RateInput> = {}): RateInput => ({
  provider: 'acme',
  resource,
  meter,
  price: { amount, currency: 'GBP' },
  per: '1000',
  effectiveFrom: '2026-01-01T00:00:00Z',
  ...more,
})

const event = (id: string, resource: string, more: object = {}) => ({
  id,
  agent: 'research',
  client: 'northwind',
  provider: 'acme',
  resource,
  occurredAt: '2026-10-10T10:00:00Z',
  usage: [
    { meter: 'input_tokens', quantity: 1_000 },
    { meter: 'output_tokens', quantity: 500 },
  ],
  ...more,
})

async function tenantWithHistory(): Promise<ReratingTenant> {
  const tenant = await world.tenant()
  await tenant.publish(
    rate('large', 'input_tokens', '10'),
    rate('large', 'output_tokens', '40'),
    rate('small', 'input_tokens', '1'),
    rate('small', 'output_tokens', '4'),
    rate('half', 'input_tokens', '2'),
  )
  await tenant.record(
    event('a', 'large'),
    event('b', 'large', { client: 'globex', agent: 'coding' }),
    event('c', 'small'),
    event('d', 'large', { provider: null }),
    event('e', 'other', { provider: 'zenith' }),
  )
  return tenant
}

const instead = (fromProvider: string | null, fromResource: string, toResource: string): WhatIf => ({
  substitutions: [{ fromProvider, fromResource, toProvider: 'acme', toResource }],
  draftCardId: null,
})

describe('a simulation', () => {
  it('says what history would have cost on another model, and changes nothing', async () => {
    const tenant = await tenantWithHistory()
    const before = await world.dump()
    const { id, state, differences } = await tenant.preview(october, { whatIf: instead(null, 'large', 'small') })
    expect(state).toMatchObject({ state: 'PREVIEWED', events_done: '5', events_changed: '3' })
    expect(differences['FLEET']?.['']).toMatchObject({
      before: '93',
      after: '12',
      invocations: 5,
      changed: 3,
      unpricedAfter: 1,
    })
    expect(differences['CLIENT']).toMatchObject({
      northwind: { before: '63', after: '9', changed: 2 },
      globex: { before: '30', after: '3', changed: 1 },
    })
    // By what was used: the question is what to use instead of it.
    expect(differences['RESOURCE']).toMatchObject({
      'acme/large': { before: '60', after: '6' },
      'acme/small': { changed: 0 },
    })
    expect(await world.dump()).toEqual(before)
    expect(await tenant.askApply(id)).toEqual(['NOT_APPLICABLE'])
  })

  it('keeps to the provider that is named, and leaves what it is not about as it was rated', async () => {
    const tenant = await tenantWithHistory()
    // A price that has changed since is no part of the question.
    await tenant.publish(rate('small', 'input_tokens', '9', { effectiveFrom: '2026-10-05T00:00:00Z' }))
    const { differences } = await tenant.preview(october, { whatIf: instead('ACME', 'large', 'small') })
    expect(differences['FLEET']?.['']).toMatchObject({ before: '93', after: '55', changed: 2 })
  })

  it('shows what the other resource has no price for as unpriced, never as 0', async () => {
    const tenant = await tenantWithHistory()
    const { differences } = await tenant.preview(october, { whatIf: instead('acme', 'large', 'half') })
    expect(differences['FLEET']?.['']).toMatchObject({ before: '93', after: '33', unpricedBefore: 1, unpricedAfter: 3 })
  })

  it('prices an unlisted resource like one that has a price', async () => {
    const tenant = await tenantWithHistory()
    const { differences } = await tenant.preview(october, { whatIf: instead('zenith', 'other', 'small') })
    expect(differences['FLEET']?.['']).toMatchObject({ before: '93', after: '96', unpricedBefore: 1, unpricedAfter: 0 })
  })

  it('tries a draft card for the time it holds, ahead of what it would replace', async () => {
    const tenant = await tenantWithHistory()
    await tenant.record(event('later', 'large', { occurredAt: '2026-10-20T00:00:00Z' }))
    const draftCardId = await draft(tenant, {
      from: '2026-10-01T00:00:00Z',
      to: '2026-10-20T00:00:00Z',
      unitPrice: '0.005',
    })
    const whatIf: WhatIf = { substitutions: [], draftCardId }
    const { id, differences } = await tenant.preview(october, { whatIf })
    // Input at 5 instead of 10 per 1,000 for a, b and d; `later` is at the first instant the draft no longer holds.
    expect(differences['FLEET']?.['']).toMatchObject({ before: '123', after: '108', changed: 3, invocations: 6 })
    expect(await tenant.askApply(id)).toEqual(['NOT_APPLICABLE'])

    await world.owner.query(`DELETE FROM rate WHERE card_id = $1`, [draftCardId])
    const waiting = await request(tenant, whatIf)
    expect(waiting).toEqual(['NOT_FOUND'])
  })

  it('fails with a sentence when the draft is gone by the time it is worked on', async () => {
    const tenant = await tenantWithHistory()
    const draftCardId = await draft(tenant, { from: '2026-10-01T00:00:00Z', to: null, unitPrice: '0.005' })
    const id = await tenant.request(october, { whatIf: { substitutions: [], draftCardId } })
    await world.owner.query(`DELETE FROM rate WHERE card_id = $1`, [draftCardId])
    const work = previewRerating({ pool: world.pool, configs: tenant.configs }, tenant.ref(id), quiet())
    await expect(work).rejects.toThrow('no draft any more')
    expect((await tenant.read(id)).state).toMatchObject({
      state: 'FAILED',
      error: 'The rate card of the simulation is no draft any more.',
    })
  })

  it('refuses a question that changes nothing, contradicts itself or is too large', async () => {
    const tenant = await tenantWithHistory()
    const large = { fromProvider: null, fromResource: 'large', toProvider: 'acme', toResource: 'small' }
    expect(await request(tenant, { substitutions: [], draftCardId: null })).toEqual(['NOTHING_TO_SIMULATE'])
    expect(await request(tenant, { substitutions: [large, large], draftCardId: null })).toEqual(['INVALID_FIELD'])
    expect(await request(tenant, { substitutions: [{ ...large, toResource: ' ' }], draftCardId: null })).toEqual([
      'INVALID_FIELD',
    ])
    expect(await request(tenant, { substitutions: Array(101).fill(large), draftCardId: null })).toEqual([
      'TOO_MANY_ITEMS',
    ])
    expect(await request(tenant, { substitutions: [], draftCardId: uuidv7() })).toEqual(['NOT_FOUND'])
    for (let jobs = 0; jobs < 20; jobs += 1) await tenant.request(october)
    expect(await request(tenant, null)).toEqual(['TOO_MANY_JOBS'])
  })
})

async function request(tenant: ReratingTenant, whatIf: WhatIf | null): Promise<string[]> {
  const wanted = { range: october, filter: null, whatIf, requestedBy: 'ada@example.test' }
  const { userErrors } = await requestPreview({ pool: world.pool }, tenant.id, wanted)
  return userErrors.map(({ code }) => code)
}

/** A draft card with one price of `large` input. */
async function draft(
  tenant: ReratingTenant,
  { from, to, unitPrice }: { from: string; to: string | null; unitPrice: string },
): Promise<string> {
  const cardId = uuidv7()
  await world.owner.query(
    `INSERT INTO rate_card (tenant_id, id, provider, version, source, status) VALUES ($1, $2, 'acme', 99, 'MANUAL', 'DRAFT')`,
    [tenant.id, cardId],
  )
  await world.owner.query(
    `INSERT INTO rate (tenant_id, id, card_id, provider, resource, meter, price, per, unit_price, currency, effective_from, effective_to,
       source, state)
     VALUES ($1, $2, $3, 'acme', 'large', 'input_tokens', $4, 1, $4, 'GBP', $5, $6, 'MANUAL', 'DRAFT')`,
    [tenant.id, uuidv7(), cardId, unitPrice, from, to],
  )
  return cardId
}
