import { randomUUID } from 'node:crypto'
import { catalogueData } from '@outlay/domain/catalogue/catalogue-data'
import { readShippedCatalogue } from './load-catalogue.ts'

/** Of the shipped catalogue: what `otherCatalogue` prices otherwise. Prices per million tokens. */
export const OTHERWISE = {
  dearer: { provider: 'openai', resource: 'gpt-4o', meter: 'output_tokens', before: '10', after: '12.5' },
  gone: { provider: 'cohere', resource: 'command-r-plus' },
  added: { provider: 'openai', resource: 'outlay-test-model', meter: 'input_tokens', price: '2' },
}

/** The text of a catalogue that is the shipped one with another version, date, and the prices of OTHERWISE. */
export async function otherCatalogue(version: string, publishedOn: string): Promise<string> {
  const { dearer, gone, added } = OTHERWISE
  const shipped = catalogueData.parse(JSON.parse(await readShippedCatalogue()))
  const models = shipped.models
    .filter((model) => model.provider !== gone.provider || model.id !== gone.resource)
    .map((model) => {
      if (model.provider !== dearer.provider || model.id !== dearer.resource) return model
      const prices = model.prices.map((price) =>
        price.meter === dearer.meter ? { ...price, id: randomUUID(), price: dearer.after } : price,
      )
      return { ...model, prices }
    })
  models.push({
    provider: added.provider,
    id: added.resource,
    match: { equals: added.resource },
    prices: [{ id: randomUUID(), meter: added.meter, price: added.price, per: '1000000' }],
  })
  return JSON.stringify({ ...shipped, version, publishedOn, models })
}
