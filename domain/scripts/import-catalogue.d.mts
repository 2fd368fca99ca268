/** The text of `domain/data/catalogue.json` for the installed `@pydantic/genai-prices`. */
export function makeCatalogue(): Promise<string>
