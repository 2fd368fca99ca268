import { CopyButton } from '../../../components/ui/copy-button.tsx'

/** What hooks are signed with: shown this once. */
export function SigningSecret({ secret }: { secret: string }) {
  return (
    <div role="status" className="rounded-control bg-ok-soft px-3 py-2">
      <p className="text-ok">The signing secret. It is shown only now.</p>
      <p className="flex flex-wrap items-center justify-between gap-x-3">
        <code className="min-w-0 font-mono text-caption break-all text-ink">{secret}</code>
        <CopyButton text={secret} label="Copy the secret" plain />
      </p>
    </div>
  )
}
