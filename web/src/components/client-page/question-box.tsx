import { Card } from '../ui/card.tsx'

const SAID: Readonly<Record<string, { text: string; isRefused: boolean }>> = {
  asked: { text: 'Your question was sent. You will hear from the people you work with.', isRefused: false },
  limit_reached: { text: 'That is as many questions as we can take for now. Ask again later.', isRefused: true },
  missing_field: { text: 'Your question was empty.', isRefused: true },
  invalid_field: { text: 'A question is plain text of at most 1,000 characters.', isRefused: true },
}

/** Asks the firm, by a form that needs no script. `said`: what became of the question before. */
export function QuestionBox({ action, month, said }: { action: string; month: string; said: string | null }) {
  const answer = said === null ? undefined : SAID[said]
  return (
    <Card id="question" title="Ask a question" caption="About this month, its tasks or its charges">
      {answer === undefined ? null : (
        <p
          role={answer.isRefused ? 'alert' : 'status'}
          className={`mb-3 rounded-control px-3 py-2 ${answer.isRefused ? 'bg-bad-soft text-bad' : 'bg-ok-soft text-ok'}`}
        >
          {answer.text}
        </p>
      )}
      <form method="post" action={action} className="flex flex-col items-start gap-3">
        <input type="hidden" name="month" value={month} />
        <label className="flex w-full flex-col gap-1 text-caption text-ink-2">
          <span>Your question</span>
          <textarea name="question" rows={3} required maxLength={1000} className="field w-full text-body text-ink" />
        </label>
        <button type="submit" className="control control-primary">
          Send
        </button>
      </form>
    </Card>
  )
}
