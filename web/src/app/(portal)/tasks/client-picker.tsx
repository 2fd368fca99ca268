'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { hrefWith } from '../../../lib/search-params.ts'

interface ClientPickerProps {
  clients: readonly { key: string; name: string }[]
  chosen: string | null
}

/** Only the tasks of one client. */
export function ClientPicker({ clients, chosen }: ClientPickerProps) {
  const router = useRouter()
  const params = useSearchParams()
  return (
    <select
      aria-label="Client"
      className="field max-w-48 font-medium"
      value={chosen ?? ''}
      onChange={(event) =>
        router.replace(
          hrefWith('/tasks', Object.fromEntries(params.entries()), {
            client: event.target.value || null,
            cursor: null,
          }),
          { scroll: false },
        )
      }
    >
      <option value="">All clients</option>
      {clients.map((client) => (
        <option key={client.key} value={client.key}>
          {client.name}
        </option>
      ))}
    </select>
  )
}
