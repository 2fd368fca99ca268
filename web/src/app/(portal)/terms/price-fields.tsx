'use client'

import { useState } from 'react'
import { newPrice, type PriceFields } from '../../../lib/terms-form.ts'
import { UNIT_NAMES } from '../../../lib/terms-text.ts'
import type { BillingUnit } from '../../../generated/graphql.ts'
import type { Input } from './terms-form.tsx'

interface PricesProps {
  initial: readonly PriceFields[]
  input: Input
}

const UNITS = Object.keys(UNIT_NAMES) as BillingUnit[]

/** The prices of a rate card: one of each unit at most, each with its steps. Steps and prices are added and taken off at the end. */
export function Prices({ initial, input }: PricesProps) {
  const [prices, setPrices] = useState(initial)
  const change = (at: number, price: PriceFields) => setPrices(prices.map((one, index) => (index === at ? price : one)))
  const unused = UNITS.find((unit) => prices.every((price) => price.unit !== unit))
  return (
    <div className="flex flex-col gap-4">
      {prices.map((price, at) => (
        <fieldset key={at} className="min-w-0">
          <legend className="mb-2 font-[550]">Price {at + 1}</legend>
          <div className="grid grid-cols-6 gap-3">
            {input({
              name: `terms.prices.${at}.unit`,
              label: 'Of',
              className: 'col-span-6 sm:col-span-2',
              initial: price.unit,
              choices: UNIT_NAMES,
            })}
            {input({
              name: `terms.prices.${at}.mode`,
              label: 'Steps are',
              className: 'col-span-6 sm:col-span-4',
              initial: price.mode,
              choices: {
                GRADUATED: 'graduated: each part of a month at the price of its step',
                VOLUME: 'by volume: all of a month at the price that it reaches',
              },
            })}
            {price.steps.map((step, nth) => (
              <Step key={nth} name={`terms.prices.${at}.steps.${nth}`} nth={nth} step={step} input={input} />
            ))}
          </div>
          <div className="mt-2 flex flex-wrap gap-2">
            <button
              type="button"
              className="control"
              onClick={() => change(at, { ...price, steps: [...price.steps, { above: '', price: '', per: '1' }] })}
            >
              Add a step<span className="sr-only"> to price {at + 1}</span>
            </button>
            {price.steps.length > 1 ? (
              <button
                type="button"
                className="control"
                onClick={() => change(at, { ...price, steps: price.steps.slice(0, -1) })}
              >
                Take the last step off<span className="sr-only"> price {at + 1}</span>
              </button>
            ) : null}
          </div>
        </fieldset>
      ))}
      <div className="flex flex-wrap gap-2">
        {unused === undefined ? null : (
          <button type="button" className="control" onClick={() => setPrices([...prices, newPrice(unused)])}>
            Add a price
          </button>
        )}
        {prices.length > 1 ? (
          <button type="button" className="control" onClick={() => setPrices(prices.slice(0, -1))}>
            Take the last price off
          </button>
        ) : null}
      </div>
    </div>
  )
}

interface StepProps {
  name: string
  nth: number
  step: PriceFields['steps'][number]
  input: Input
}

function Step({ name, nth, step, input }: StepProps) {
  const number = { isNumber: true, className: 'col-span-2 self-end' }
  return (
    <>
      {input({ ...number, name: `${name}.above`, label: `Step ${nth + 1}, beyond`, initial: step.above })}
      {input({ ...number, name: `${name}.price`, label: `Step ${nth + 1}, price`, initial: step.price })}
      {input({ ...number, name: `${name}.per`, label: `Step ${nth + 1}, of so many`, initial: step.per })}
    </>
  )
}
