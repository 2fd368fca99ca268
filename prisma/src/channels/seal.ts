import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES

/** What was sealed cannot be opened: OUTLAY_SECRET is another than when it was sealed, or the row is not the one it was sealed for. */
export class SealError extends Error {
  override readonly name = 'SealError'
}

/** Keeps secrets unreadable in the database: a dump of it without the installation's secret gives nothing away. */
export interface Sealer {
  /** `owner` names the row; a sealed text that is copied to another row cannot be opened there. */
  seal: (text: string, owner: SealOwner) => Buffer
  /** Throws SealError. */
  open: (sealed: Buffer, owner: SealOwner) => string
}

export interface SealOwner {
  tenantId: string
  id: string
}

/** Seals with AES-256-GCM under a key of its own, derived from the installation's secret (HKDF-SHA-256). */
export function sealer(secret: string): Sealer {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'outlay channel secrets 1', 32))
  const aad = ({ tenantId, id }: SealOwner) => Buffer.from(`${tenantId}/${id}`)
  return {
    seal: (text, owner) => {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad(owner))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), sealed])
    },
    open: (sealed, owner) => {
      try {
        if (sealed[0] !== VERSION || sealed.length < HEAD_BYTES) throw new Error('of another form')
        const nonce = sealed.subarray(1, 1 + NONCE_BYTES)
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(aad(owner))
        decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEAD_BYTES))
        return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]).toString('utf8')
      } catch (error) {
        const message = `The secret of the channel cannot be opened: OUTLAY_SECRET is not the one it was saved under. Save the channel again.`
        throw new SealError(message, { cause: error })
      }
    },
  }
}

/** A new secret to sign webhooks with, as the Standard Webhooks specification writes it: `whsec_` and 32 bytes in base64. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}
