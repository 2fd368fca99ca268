/** Why something was not done, said aloud when it appears. It is there before, so that it is heard. */
export function Refusal({ id, text }: { id?: string; text: string | null }) {
  return (
    <p id={id} role="status" className="text-bad empty:hidden">
      {text}
    </p>
  )
}
