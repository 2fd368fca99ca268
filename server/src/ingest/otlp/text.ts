// NUL cannot be stored in Postgres, half a surrogate pair not be encoded as UTF-8; both become the replacement character.
// eslint-disable-next-line no-control-regex -- NUL is what is looked for
const UNSTORABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]+/g

/** The text with everything replaced that a database cannot hold, cut to `lengthMax` without halving a character. */
export function storableText(text: string, lengthMax: number): string {
  return cutText(text, lengthMax).replace(UNSTORABLE, '\ufffd')
}

/** One line of text for people: control characters become spaces. */
export function singleLine(text: string, lengthMax: number): string {
  return cutText(text, lengthMax).replace(CONTROL, ' ').trim()
}

/** At most `lengthMax` UTF-16 units; one less where the cut would halve a surrogate pair. */
export function cutText(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text
  const last = text.charCodeAt(lengthMax - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? lengthMax - 1 : lengthMax)
}
