'use client'

import { Check } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState, useTransition, type FormEvent } from 'react'
import { Field } from '../../../../components/form/field.tsx'
import { Refusal } from '../../../../components/form/refusal.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../lib/mutate.ts'
import { localOfInstant } from '../../../../lib/local-instant.ts'
import { newFields, readFields, type RateFields } from '../../../../lib/rate-form.ts'
import { quotedUnits } from '../../../../lib/rate-text.ts'
import { hrefWith } from '../../../../lib/search-params.ts'
import { dateOf, dayText } from '../../../../lib/time.ts'

const PriceItDocument = graphql(`
  mutation PriceIt($input: PublishRatesInput!) {
    publishRates(input: $input) {
      rates {
        card
        effectiveFrom
      }
      userErrors {
        message
      }
    }
  }
`)

interface PriceItProps {
  provider: string
  resource: string
  meter: string
  firstSeen: string
  currency: string
  timeZone: string
  today: string
}

interface Published {
  card: string
  from: string
}

/** Publishes the price that is missing, from its first use on, and leads on to re-rating what waited for it. */
export function PriceIt(props: PriceItProps) {
  const { provider, resource, meter, firstSeen, timeZone } = props
  const router = useRouter()
  const [invalid, setInvalid] = useState<keyof RateFields | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [published, setPublished] = useState<Published | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [isRefreshing, startRefresh] = useTransition()

  async function publish(form: FormData): Promise<void> {
    const text = (name: string): string => String(form.get(name) ?? '')
    const given = { price: text('price'), per: text('per'), currency: text('currency'), from: text('from') }
    const kept = { from: firstSeen, to: null }
    const read = readFields(provider, newFields('rate', { resource, meter, kept, ...given }), timeZone)
    setInvalid(read.kind === 'refused' ? read.field : null)
    setRefusal(read.kind === 'refused' ? read.message : null)
    if (read.kind === 'refused') return
    setBusy(true)
    let card = ''
    const message = await refusalOf(async () => {
      const { publishRates } = await browserQuery(PriceItDocument, { input: { rates: [read.rate], source: 'MANUAL' } })
      card = publishRates.rates?.[0]?.card ?? `${provider}`
      return publishRates.userErrors
    }, 'The price was not published.')
    setBusy(false)
    setRefusal(message)
    if (message !== null) return
    setPublished({ card, from: read.rate.effectiveFrom })
    startRefresh(() => router.refresh())
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (!isBusy) void publish(new FormData(event.currentTarget))
  }

  if (published !== null) return <PricedNote {...props} published={published} isRefreshing={isRefreshing} />
  const units = quotedUnits(meter)
  const input = (name: 'price' | 'per' | 'currency' | 'from', more: Record<string, unknown>) => (
    <input
      className="field text-body text-ink"
      name={name}
      aria-invalid={invalid === name}
      autoComplete="off"
      required
      {...more}
    />
  )
  return (
    <form method="post" onSubmit={onSubmit} className="grid grid-cols-2 gap-3">
      <Field label="Price">{input('price', { inputMode: 'decimal' })}</Field>
      <Field label="Currency">{input('currency', { defaultValue: props.currency, maxLength: 3 })}</Field>
      <Field label="Per how many units" className="col-span-2">
        {input('per', { defaultValue: units.per, inputMode: 'decimal' })}
      </Field>
      <Field label="From its first use" hint={timeZone} className="col-span-2">
        {input('from', { type: 'datetime-local', defaultValue: localOfInstant(firstSeen, timeZone) })}
      </Field>
      <div className="col-span-2 flex flex-col gap-2">
        <Refusal text={refusal} />
        <button className="control control-primary" disabled={isBusy} aria-busy={isBusy}>
          {isBusy ? 'Publishing…' : 'Publish the price'}
        </button>
      </div>
    </form>
  )
}

function PricedNote(props: PriceItProps & { published: Published; isRefreshing: boolean }) {
  const { provider, resource, published, timeZone, today } = props
  const from = dateOf(published.from, timeZone)
  const href = hrefWith('/rate-cards/re-rating', {
    from,
    to: today,
    providers: provider,
    resources: resource,
  })
  return (
    <div role="status" aria-busy={props.isRefreshing}>
      <p className="flex items-center gap-2 font-[550] text-ok">
        <Check size={16} strokeWidth={2} aria-hidden />
        Published on {published.card}
      </p>
      <p className="mt-1 mb-3 text-ink-2">
        It prices what arrives from now on. What is here already keeps no price until you re-rate it.
      </p>
      <Link className="control control-primary" href={href}>
        Re-rate from {dayText(published.from, timeZone)}
      </Link>
    </div>
  )
}
