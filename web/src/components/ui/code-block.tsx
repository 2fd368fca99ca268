import { CopyButton } from './copy-button.tsx'

/** Code with a Copy button. It scrolls sideways within itself, and by keyboard. */
export function CodeBlock({ code, label, copyText }: { code: string; label: string; copyText?: string }) {
  return (
    <div className="rounded-control border border-line bg-sunken">
      <div className="flex items-center justify-between pr-2 pl-3">
        <span className="text-caption text-ink-2">{label}</span>
        <CopyButton text={copyText ?? code} plain />
      </div>
      <pre
        tabIndex={0}
        aria-label={label}
        className="overflow-x-auto border-t border-line px-3 py-2.5 font-mono text-caption whitespace-pre text-ink"
      >
        <code>{code}</code>
      </pre>
    </div>
  )
}
