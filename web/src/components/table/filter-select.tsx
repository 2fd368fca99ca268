'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { hrefWith, paramsOf } from '../../lib/search-params.ts'

interface FilterSelectProps {
  path: string
  /** The parameter of the address. */
  name: string
  label: string
  /** What no choice is called. */
  all: string
  /** Values, under their own name or another. */
  options: readonly (string | { value: string; name: string })[]
  chosen: string | null
  /** Parameters that make no sense any more when this one changes. */
  clears?: readonly string[]
}

/** Keeps the rows with one value; the choice is in the address. */
export function FilterSelect({ path, name, label, all, options, chosen, clears = [] }: FilterSelectProps) {
  const router = useRouter()
  const params = useSearchParams()
  return (
    <select
      aria-label={label}
      className="field max-w-48 font-medium"
      value={chosen ?? ''}
      onChange={(event) =>
        router.replace(
          hrefWith(path, paramsOf(params), {
            ...Object.fromEntries(clears.map((cleared) => [cleared, null])),
            [name]: event.target.value || null,
          }),
          { scroll: false },
        )
      }
    >
      <option value="">{all}</option>
      {options
        .map((option) => (typeof option === 'string' ? { value: option, name: option } : option))
        .map(({ value, name: optionName }) => (
          <option key={value} value={value}>
            {optionName}
          </option>
        ))}
    </select>
  )
}
