import { inflateSync } from 'node:zlib'
import { extractText, getDocumentProxy, getMeta } from 'unpdf'

/** The text of a PDF, as somebody who copies it out gets it. */
export async function pdfText(bytes: Uint8Array): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(bytes.slice()), { mergePages: true })
  return text
}

/** All that a PDF tells. */
export interface PdfTold {
  /** What is written on its pages, with and without its spaces and ends of lines, and what it says of itself. */
  words: string
  /** Its bytes, and those of its streams unpacked; their numbers are places on paper. */
  bytes: string
}

export async function pdfTold(bytes: Uint8Array): Promise<PdfTold> {
  const text = await pdfText(bytes)
  const meta = JSON.stringify(await getMeta(await getDocumentProxy(bytes.slice())))
  return {
    words: [text, text.replace(/\s+/g, ''), meta].join('\n'),
    bytes: [Buffer.from(bytes).toString('latin1'), ...streamsOf(Buffer.from(bytes))].join('\n'),
  }
}

/** The streams of a PDF, unpacked where they are packed. */
function streamsOf(bytes: Buffer): string[] {
  const streams: string[] = []
  for (let at = bytes.indexOf('stream'); at >= 0; at = bytes.indexOf('stream', at)) {
    const start = at + (bytes.subarray(at + 6, at + 8).toString('latin1') === '\r\n' ? 8 : 7)
    const end = bytes.indexOf('endstream', start)
    if (end < 0) break
    streams.push(unpacked(bytes.subarray(start, end)).toString('latin1'))
    at = end + 'endstream'.length
  }
  return streams
}

function unpacked(stream: Buffer): Buffer {
  try {
    return inflateSync(stream)
  } catch {
    return stream
  }
}
