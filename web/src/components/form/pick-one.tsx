'use client'

import { FindOne } from './find-one.tsx'

export interface PickOneProps {
  /** Of the form's field; none for a choice that is acted on at once. */
  name?: string
  label: string
  kind: 'AGENT' | 'CLIENT' | 'PROJECT'
  /** The first hundred of them, by name. */
  options: readonly { key: string; name: string }[]
  /** Key of the one that is chosen; empty for none. */
  initial: string
  /** What stands there before one is chosen; with `mayBeNone` it can be chosen too. */
  placeholder: string
  mayBeNone?: boolean
  /** Whether the key stands behind the name, for those who write it elsewhere. */
  showsKeys?: boolean
  isInvalid?: boolean
  className?: string
  onPick?: (key: string) => void
}

/** As many as a page of the API has: a list of so many may have more behind it. */
const PAGE_SIZE = 100

/** One agent, client or project: from the browser's own list while that shows all of them, by searching the server when there are more. */
export function PickOne(props: PickOneProps) {
  if (props.options.length >= PAGE_SIZE) return <FindOne {...props} />
  const { name, label, options, initial, placeholder, className, onPick } = props
  const { mayBeNone = false, isInvalid = false, showsKeys = false } = props
  const isKnown = initial === '' || options.some(({ key }) => key === initial)
  return (
    <select
      aria-label={label}
      className={className}
      {...(name === undefined ? {} : { name })}
      {...(onPick === undefined
        ? { defaultValue: initial }
        : { value: initial, onChange: (event) => onPick(event.target.value) })}
      required={!mayBeNone}
      aria-invalid={isInvalid}
    >
      <option value="" disabled={!mayBeNone}>
        {placeholder}
      </option>
      {isKnown ? null : <option value={initial}>{initial}</option>}
      {options.map(({ key, name: label }) => (
        <option key={key} value={key}>
          {showsKeys && label !== key ? `${label} (${key})` : label}
        </option>
      ))}
    </select>
  )
}
