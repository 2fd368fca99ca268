import { Field } from './field.tsx'

interface MonthFieldProps {
  label: string
  hint?: string
  name: string
  /** `2026-10`. */
  initial: string
  isRequired?: boolean
  isInvalid?: boolean
  className?: string
}

/** A month; a browser without a field for it takes it as text. */
export function MonthField({ label, hint, name, initial, isRequired, isInvalid, className }: MonthFieldProps) {
  return (
    <Field label={label} hint={hint} className={className}>
      <input
        className="field num text-body text-ink"
        type="month"
        name={name}
        required={isRequired}
        defaultValue={initial}
        placeholder="2026-10"
        pattern="\d{4}-\d{2}"
        aria-invalid={isInvalid}
      />
    </Field>
  )
}
