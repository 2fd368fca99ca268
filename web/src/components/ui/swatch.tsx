/** The colour of an entity, beside its name. */
export function Swatch({ colour }: { colour: string }) {
  return <span aria-hidden className="inline-block size-2 shrink-0 rounded-bar" style={{ background: colour }} />
}
