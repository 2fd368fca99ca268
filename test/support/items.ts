import type { Item } from '../oracle/delivery.ts'

/** A plain, priced, valid item; tests change what they are about. */
export function item(id: string, changes: Partial<Record<keyof Item, unknown>> = {}): Item {
  return {
    id,
    agent: 'research',
    client: 'northwind',
    kind: 'MODEL',
    provider: 'acme',
    resource: 'small-1',
    occurredAt: '2026-10-10T10:00:00Z',
    usage: [{ meter: 'input_tokens', quantity: '1000' }],
    ...changes,
  } as Item
}

/** A rate of 1.00 per 1,000 tokens for `item`. */
export function plainRate(currency: string) {
  return {
    provider: 'acme',
    resource: 'small-1',
    meter: 'input_tokens',
    price: { amount: '1', currency },
    per: '1000',
    effectiveFrom: '2025-01-01T00:00:00Z',
  }
}

/** Runs work for every input, `width` at a time, keeping the order of the results. */
export async function inParallel<In, Out>(
  inputs: readonly In[],
  width: number,
  work: (input: In, index: number) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = []
  let next = 0
  const runner = async (): Promise<void> => {
    for (let index = next++; index < inputs.length; index = next++)
      results[index] = await work(inputs[index] as In, index)
  }
  await Promise.all(Array.from({ length: width }, runner))
  return results
}
