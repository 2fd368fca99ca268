/** The drawing of a switch; the link or button around it says what it is. */
export function SwitchKnob({ isOn }: { isOn: boolean }) {
  return (
    <span
      aria-hidden
      className={`flex h-4 w-7 items-center rounded-full px-0.5 ${isOn ? 'justify-end bg-accent' : 'justify-start bg-line-2'}`}
    >
      <span className="size-3 rounded-full bg-surface" />
    </span>
  )
}
