'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { PickOne } from '../../../components/form/pick-one.tsx'
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
    <PickOne
      key={chosen}
      label="Client"
      kind="CLIENT"
      options={clients}
      initial={chosen ?? ''}
      placeholder="All clients"
      mayBeNone
      className="field max-w-48 font-medium"
      onPick={(key) =>
        router.replace(
          hrefWith('/tasks', Object.fromEntries(params.entries()), { client: key || null, cursor: null }),
          { scroll: false },
        )
      }
    />
  )
}
