/** The text of `domain/data/catalogue.json` for the installed `@pydantic/genai-prices`. */
export function makeCatalogue(): Promise<string>
/** The date on which a version of it was published. Throws for a version that the script does not know yet. */
export function publishedOn(version: string): string
