import { useId } from 'react'
import { Field } from '../../../components/form/field.tsx'

/** Which client, by its key; those that are known are proposed. */
export function ClientField({ clients }: { clients: readonly { key: string; name: string }[] }) {
  const listId = useId()
  return (
    <Field label="Client" hint="its key">
      <input className="field text-body text-ink" name="client" list={listId} autoComplete="off" required />
      <datalist id={listId}>
        {clients.map(({ key, name }) => (
          <option key={key} value={key} label={name} />
        ))}
      </datalist>
    </Field>
  )
}
