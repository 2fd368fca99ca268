import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

/** A file of the explorer, named by its content, so that a browser keeps it for good. */
export interface BundleFile {
  name: string
  type: string
  body: Buffer
  gzipped: Buffer
}

export interface GraphiqlBundle {
  script: BundleFile
  style: BundleFile
}

const START = 'YogaGraphiQL.renderYogaGraphiQL('

/**
 * The editor adds style elements while it runs. Under our policy a style element needs the nonce of the page, which its script carries.
 */
const BEFORE = `(() => {
  const { nonce } = document.currentScript
  const create = Document.prototype.createElement
  Document.prototype.createElement = function createElement(...given) {
    const element = create.apply(this, given)
    if (element instanceof HTMLStyleElement) element.nonce = nonce
    return element
  }
})();
`

/** What the page says about this visitor stands in the page; the script is the same for all. */
const AFTER = `
;(() => {
  const options = JSON.parse(document.getElementById('options').textContent)
  // The tabs that somebody left are theirs. The editor takes the variables of a first tab only from here.
  if (localStorage.getItem('graphiql:tabState') === null) options.initialVariables = options.defaultTabs[0].variables
  YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), options)
})()
`

/**
 * GraphiQL with its editor and workers, from the one page that @graphql-yoga/render-graphiql writes. The page holds everything inline, which
 * our content security policy forbids; so its style and its script become files, and the call that starts it ours.
 */
export async function loadGraphiqlBundle(): Promise<GraphiqlBundle> {
  // Some megabytes of text: loaded when somebody first asks for it.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const page = renderGraphiQL()
  const style = between(page, '<style>', page.indexOf('</style>'))
  const inline = between(page, '<script>', page.lastIndexOf('</script>'))
  const start = inline.lastIndexOf(START)
  if (start === -1) throw new Error('GraphiQL is not started as it used to be.')
  return {
    script: await fileOf(BEFORE + inline.slice(0, start) + AFTER, { extension: 'js', type: 'text/javascript' }),
    style: await fileOf(style, { extension: 'css', type: 'text/css' }),
  }
}

function between(page: string, opening: string, end: number): string {
  const start = page.indexOf(opening)
  if (start === -1 || end < start) throw new Error(`The page of GraphiQL has no ${opening}.`)
  return page.slice(start + opening.length, end)
}

async function fileOf(text: string, { extension, type }: { extension: string; type: string }): Promise<BundleFile> {
  const body = Buffer.from(text)
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22)
  const gzipped = await promisify(gzip)(body, { level: 9 })
  return { name: `${digest}.${extension}`, type: `${type}; charset=utf-8`, body, gzipped }
}
