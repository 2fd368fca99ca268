'use client'

import { KNOWN_METERS } from '@outlay/domain/usage/meter'
import { useId, useState } from 'react'
import type { RateFields, Tier } from '../../lib/rate-form.ts'
import { Field } from '../form/field.tsx'

interface RateInputsProps {
  /** What the fields hold at first; `fields.id` goes before their names in the form. */
  fields: RateFields
  timeZone: string
  /** Names to suggest; any other may be written. */
  resources: readonly string[]
  invalid: keyof RateFields | null
}

const PER = ['1', '1000', '1000000']

const TIERS: readonly { id: Tier; label: string }[] = [
  { id: 'none', label: 'always' },
  { id: 'prompt', label: 'when the prompt is larger than' },
  { id: 'month', label: 'to what the month uses beyond' },
]

const NAMES = ['resource', 'meter', 'price', 'per', 'currency', 'from', 'to', 'tierAbove', 'qualifiers'] as const

/** What a form holds of the fields with this id. */
export function fieldsOfForm(form: FormData, id: string, kept: RateFields['kept']): RateFields {
  const text = (name: string): string => String(form.get(`${id}.${name}`) ?? '')
  const values = Object.fromEntries(NAMES.map((name) => [name, text(name)])) as Record<(typeof NAMES)[number], string>
  const tier = TIERS.find((one) => one.id === text('tier'))?.id ?? 'none'
  return { ...values, id, tier, kept }
}

/** The fields of one rate. They keep their own values; the form they stand in is read when it is sent. */
export function RateInputs({ fields, timeZone, resources, invalid }: RateInputsProps) {
  const listId = useId()
  const [tier, setTier] = useState(fields.tier)
  const input = (name: (typeof NAMES)[number], more: Record<string, unknown> = {}) => (
    <input
      className="field text-body text-ink"
      name={`${fields.id}.${name}`}
      defaultValue={fields[name]}
      aria-invalid={invalid === name}
      autoComplete="off"
      {...more}
    />
  )
  return (
    <div className="grid grid-cols-6 gap-3">
      <Field label="Resource" hint="a name, or a pattern with *" className="col-span-6 sm:col-span-3">
        {input('resource', { list: `${listId}-resources`, required: true })}
      </Field>
      <Field label="Meter" className="col-span-6 sm:col-span-3">
        {input('meter', { list: `${listId}-meters`, required: true })}
      </Field>
      <Field label="Price" className="col-span-3 sm:col-span-2">
        {input('price', { inputMode: 'decimal', required: true })}
      </Field>
      <Field label="Currency" className="col-span-3 sm:col-span-2">
        {input('currency', { maxLength: 3, required: true })}
      </Field>
      <Field label="Per how many units" className="col-span-6 sm:col-span-2">
        {input('per', { list: `${listId}-per`, inputMode: 'decimal', required: true })}
      </Field>
      <Field label="From" hint={timeZone} className="col-span-6 sm:col-span-3">
        {input('from', { type: 'datetime-local', required: true })}
      </Field>
      <Field label="Until" hint="empty: until changed" className="col-span-6 sm:col-span-3">
        {input('to', { type: 'datetime-local' })}
      </Field>
      <Field label="Applies" className="col-span-6 sm:col-span-3">
        <select
          className="field text-body text-ink"
          name={`${fields.id}.tier`}
          value={tier}
          onChange={(event) => setTier(TIERS.find((one) => one.id === event.target.value)?.id ?? 'none')}
        >
          {TIERS.map((one) => (
            <option key={one.id} value={one.id}>
              {one.label}
            </option>
          ))}
        </select>
      </Field>
      {tier === 'none' ? null : (
        <Field
          label={tier === 'prompt' ? 'Prompt tokens' : 'Quantity of the month'}
          hint={tier === 'month' ? '0 for the first step' : 'then the whole request'}
          className="col-span-6 sm:col-span-3"
        >
          {input('tierAbove', { inputMode: 'decimal' })}
        </Field>
      )}
      <Field label="Only with" hint="e.g. tier=batch, region=eu" className="col-span-6 sm:col-span-3">
        {input('qualifiers')}
      </Field>
      <datalist id={`${listId}-resources`}>
        {resources.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <datalist id={`${listId}-meters`}>
        {KNOWN_METERS.map(({ name, meaning }) => (
          <option key={name} value={name}>
            {meaning}
          </option>
        ))}
      </datalist>
      <datalist id={`${listId}-per`}>
        {PER.map((per) => (
          <option key={per} value={per} />
        ))}
      </datalist>
    </div>
  )
}
