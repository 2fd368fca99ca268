import { describe, expect, it } from '@jest/globals'
import { sharingReads, type Prepared, type TenantSql } from './tenant-sql.ts'

/** A handle whose answers come when the test says so. */
function heldHandle() {
  const sent: { text: string; answer: (rows: object[]) => void; fail: (error: Error) => void }[] = []
  const handle: TenantSql = {
    tenantId: 'one',
    query: <Row>({ text }: Prepared) =>
      new Promise<Row[]>((resolve, reject) =>
        sent.push({ text, answer: (rows) => resolve(rows as Row[]), fail: reject }),
      ),
  }
  return { db: sharingReads(handle), sent }
}

const POOLS: Prepared = { name: 'pools', text: 'SELECT p.amount FROM cost_pool p WHERE p.month = $2' }

describe('reads of one request', () => {
  it('that are on their way with the same values are sent once, and each has an array of its own', async () => {
    const { db, sent } = heldHandle()
    const [first, second, other] = [db.query(POOLS, ['2026-10']), db.query(POOLS, ['2026-10']), db.query(POOLS, [7n])]
    expect(sent).toHaveLength(2)
    sent[0]?.answer([{ amount: '1' }, { amount: '2' }])
    sent[1]?.answer([])
    expect(await second).toEqual([{ amount: '1' }, { amount: '2' }])
    expect(await other).toEqual([])
    expect(await first).not.toBe(await second)
  })

  it('are sent again when the answer is there, also after a failure, which everybody who waited has', async () => {
    const { db, sent } = heldHandle()
    const [first, second] = [db.query(POOLS), db.query(POOLS)]
    sent[0]?.fail(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    await expect(second).rejects.toThrow('gone')
    const third = db.query(POOLS)
    sent[1]?.answer([{ amount: '3' }])
    expect(await third).toEqual([{ amount: '3' }])
  })

  it.each([
    ["INSERT INTO note VALUES ('a')"],
    ['WITH gone AS (DELETE FROM note RETURNING id) SELECT count(*) FROM gone'],
    ["SELECT nextval('numbers')"],
    ['SELECT 1 FROM note FOR UPDATE'],
  ])('do not include what writes or locks: %s', (text) => {
    const { db, sent } = heldHandle()
    void db.query({ name: '', text })
    void db.query({ name: '', text })
    expect(sent).toHaveLength(2)
  })

  it('include columns that are only named like writing', () => {
    const { db, sent } = heldHandle()
    void db.query({ name: '', text: 'SELECT updated_at, last_update FROM note' })
    void db.query({ name: '', text: 'SELECT updated_at, last_update FROM note' })
    expect(sent).toHaveLength(1)
  })
})
