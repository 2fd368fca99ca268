import { encode } from 'uqr'
import { z } from 'zod'

const answerSchema = z.looseObject({ totpURI: z.string().max(2000) })

/** A square of modules, as the outline of the dark ones. */
export interface QrPicture {
  /** Modules on a side, quiet zone included: what the viewBox is. */
  size: number
  /** Path data of an SVG: each dark module is a square of 1. */
  path: string
}

/**
 * What better-auth answers when a second factor is set up, with what people need to read it: the secret in text, and a picture of the
 * otpauth address for the camera of a phone. Answers that are none stay as they are.
 */
export async function withSetup(response: Response): Promise<Response> {
  if (!response.ok) return response
  const parsed = answerSchema.safeParse(
    await response
      .clone()
      .json()
      .catch(() => null),
  )
  if (!parsed.success) return response
  const { totpURI } = parsed.data
  const secret = new URL(totpURI).searchParams.get('secret') ?? ''
  return Response.json(
    { ...parsed.data, secret, qr: qrPicture(totpURI) },
    { status: response.status, headers: response.headers },
  )
}

/** Draws a text as a QR code, with the quiet zone of 4 modules that readers expect. */
export function qrPicture(text: string): QrPicture {
  const { size, data } = encode(text, { ecc: 'M', border: 4 })
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { size, path: squares.join('') }
}
