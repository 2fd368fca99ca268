interface ClientLimitProps {
  clients: readonly { key: string; name: string }[]
  /** Keys. */
  chosen: readonly string[]
}

/** Which clients a project manager sees; none ticked: all of them. */
export function ClientLimit({ clients, chosen }: ClientLimitProps) {
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-caption text-ink-2">
        Clients <span className="text-ink-3">· none ticked: all clients</span>
      </legend>
      <div className="max-h-56 overflow-y-auto">
        {clients.map(({ key, name }) => (
          <label key={key} className="flex min-h-8 items-center gap-2 text-ink max-md:min-h-11">
            <input
              type="checkbox"
              name="limit"
              value={key}
              defaultChecked={chosen.includes(key)}
              className="size-4 accent-[var(--accent)]"
            />
            {name}
          </label>
        ))}
      </div>
      <p className="mt-1 text-caption text-ink-3">
        With some ticked, there is nothing of other clients or of the whole firm for them: no fleet, no pools, no rate
        cards, no channels.
      </p>
    </fieldset>
  )
}

/** The keys that are ticked. */
export function pickedClients(form: FormData): string[] {
  return form.getAll('limit').map(String)
}

/** `All clients`, or `Only: Northwind, Acme`. */
export function limitText(clients: readonly { name: string }[] | null | undefined): string {
  return clients == null ? 'All clients' : `Only: ${clients.map(({ name }) => name).join(', ')}`
}
