import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startTestServer, type TestServer } from './server-test-kit.ts'

describe('GraphQL under a crowd', () => {
  let world: TestServer

  beforeAll(async () => {
    world = await startTestServer()
  })

  afterAll(() => world?.close())

  it('answers all of it, and another tenant in its turn, not after the crowd', async () => {
    const [crowded, other] = [await world.tenant(), await world.tenant()]
    const answered: string[] = []
    const ask = async ({ key, ask }: typeof other) => {
      const { data, errors } = await ask('{ tenant { key } budgets { id } }')
      answered.push(key)
      expect(errors).toEqual([])
      return (data as { tenant: { key: string } } | null)?.tenant.key
    }
    const crowdSize = 100
    // Nothing of a document that reads budgets is answered for a moment: the crowd is inside and at the door, and then the other comes.
    const holder = await world.owner.connect()
    await holder.query('BEGIN; LOCK TABLE budget')
    const crowd = Array.from({ length: crowdSize }, () => ask(crowded))
    const inside = await until(world, ({ answered, waiting }) => answered + waiting === crowdSize && waiting > 0)
    const one = ask(other)
    await until(world, ({ waiting }) => waiting === inside.waiting + 1)
    await holder.query('COMMIT')
    holder.release()
    expect(new Set(await Promise.all(crowd))).toEqual(new Set([crowded.key]))
    expect(await one).toBe(other.key)
    // All that were inside, and one or two of the crowd, whose turn it was.
    expect(answered.indexOf(other.key)).toBeLessThan(crowdSize - 1)
    expect(inside.waiting).toBeGreaterThan(20)
  })

  it('says how many are answered and how many wait', async () => {
    expect(await documents(world)).toEqual({ answered: 0, waiting: 0 })
  })
})

/** What /metrics says of documents. */
async function documents({ url }: TestServer): Promise<{ answered: number; waiting: number }> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const of = (state: string) =>
    Number.parseInt(text.match(`outlay_graphql_documents{state="${state}"} (\\d+)`)?.[1] ?? '', 10)
  return { answered: of('answered'), waiting: of('waiting') }
}

async function until(world: TestServer, isSo: (now: { answered: number; waiting: number }) => boolean) {
  for (;;) {
    const now = await documents(world)
    if (isSo(now)) return now
  }
}
